/** Schemes that would run or show something in the name of this page instead of leaving it. */
const NEVER: ReadonlySet<string> = new Set([
  "javascript:",
  "data:",
  "blob:",
  "vbscript:",
  "file:",
  "about:",
  "filesystem:",
]);

/**
 * Whether the page may go to an address that the server returned. The server has checked it against the client's
 * registration; this is the second lock on the same door.
 */
export function isSafeRedirect(uri: string): boolean {
  const url = URL.canParse(uri) ? new URL(uri) : null;
  return url !== null && !NEVER.has(url.protocol);
}
