const LOOPBACK = /^(?:localhost|.*\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether an assistant that runs elsewhere can reach an address: https, and not this machine's own name for itself. */
export function isPublicAddress(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : null;
  return url !== null && url.protocol === "https:" && !LOOPBACK.test(url.hostname);
}
