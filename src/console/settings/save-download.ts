import type { Download } from "../api.ts";

/** How long a browser may take to begin with a file that it was handed. */
const LINGERS_MS = 60_000;

/** Hands a file to the browser, which saves it as its settings say. */
export function saveDownload({ name, content }: Download): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), LINGERS_MS);
}
