/** One cookie of ours: how it is read from a request, and the `Set-Cookie` values that set and clear it. */
export interface HostCookie {
  /** The full name, with its prefix. */
  readonly name: string;
  /** The value that the browser sent, or null. Never trusted: the owner looks it up. */
  read(request: Request): string | null;
  /** @param value cookie-octets alone (RFC 6265 §4.1.1), such as base64url. @param maxAge whole seconds. */
  set(value: string, maxAge: number): string;
  clear(): string;
}

/** The value of one name in a `Cookie` header (RFC 6265 §5.4); the first wins, as browsers send the closest first. */
function valueOf(header: string, name: string): string | null {
  for (const pair of header.split(";")) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}

/**
 * A cookie that this host alone reads and no script sees: `HttpOnly`, `SameSite=Lax` (a link from elsewhere finds the
 * person signed in, a foreign form does not act for them), no `Domain`. Over https it is also `Secure` and carries the
 * `__Host-` prefix (RFC 6265bis §4.1.3.2), which no other host and no plain-text page can set; over plain http, that is
 * on loopback, browsers refuse the prefix.
 * @param name without prefix. @param baseUrl decides alone whether TLS is there; no header does.
 */
export function hostCookie(name: string, baseUrl: string): HostCookie {
  const secure = new URL(baseUrl).protocol === "https:";
  const fullName = secure ? `__Host-${name}` : name;
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
  return {
    name: fullName,
    read: (request) => valueOf(request.headers.get("cookie") ?? "", fullName),
    set: (value, maxAge) => `${fullName}=${value}; Max-Age=${maxAge}; ${attributes}`,
    clear: () => `${fullName}=; Max-Age=0; ${attributes}`,
  };
}
