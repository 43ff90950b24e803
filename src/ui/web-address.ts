/** The address in a text; null where there is none. (`URL.parse` is younger than the oldest browser we build for.) */
function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/**
 * The address in a text if it may be opened: http and https alone, so that neither a script nor a program of the
 * person's own machine is ever started.
 */
export function webAddress(text: unknown): URL | null {
  const address = typeof text === "string" ? parsed(text.trim()) : null;
  return address !== null && (address.protocol === "https:" || address.protocol === "http:") ? address : null;
}
