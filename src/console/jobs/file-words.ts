import type { Artifact } from "./contract.ts";

const kinds: ReadonlyMap<string, string> = new Map([
  ["text/html", "Web page"],
  ["text/markdown", "Markdown"],
  ["text/plain", "Text"],
  ["text/csv", "Table (CSV)"],
  ["application/json", "JSON"],
  ["application/pdf", "PDF"],
  ["image/png", "Picture (PNG)"],
  ["image/jpeg", "Picture (JPEG)"],
  ["image/svg+xml", "Picture (SVG)"],
]);

/** A media type without its parameters (RFC 9110 §8.3.1). */
const typeOf = ({ mimeType }: Pick<Artifact, "mimeType">): string =>
  (mimeType.split(";")[0] ?? "").trim().toLowerCase();

/** What a file is, in the person's words; its media type where there are none. */
export const fileKind = (artifact: Pick<Artifact, "mimeType">): string =>
  kinds.get(typeOf(artifact)) ?? artifact.mimeType;

/** Whether a browser shows it by itself. */
export function opensHere(artifact: Pick<Artifact, "mimeType">): boolean {
  const type = typeOf(artifact);
  return (
    type.startsWith("text/") || type.startsWith("image/") || type === "application/pdf" || type === "application/json"
  );
}

const units = ["kB", "MB", "GB"] as const;

/** A size in the unit that reads best: "812 bytes", "14.2 kB", "3 MB". */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  const value = bytes / 1000 ** power;
  return `${value < 100 ? Number(value.toFixed(1)) : Math.round(value)} ${units[power - 1] ?? ""}`;
}
