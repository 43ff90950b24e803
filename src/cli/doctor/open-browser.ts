import { spawn } from "node:child_process";

/** Programs that open an address in the person's browser; none of them is a shell. */
const openers: Readonly<Record<string, readonly [program: string, ...args: string[]]>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
  linux: ["xdg-open"],
};

/**
 * Opens an address of a server in the browser. The address is a stranger's: it goes to the program as one argument,
 * never through a shell, and only when it is a web address (CVE-2025-6514). Whether it worked is not known; the address
 * is printed as well.
 */
export function openBrowser(url: string): void {
  const [program, ...args] = openers[process.platform] ?? ["xdg-open"];
  const parsed = URL.parse(url);
  if (program === undefined || parsed === null || !/^https?:$/.test(parsed.protocol)) return;
  const child = spawn(program, [...args, parsed.href], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}
