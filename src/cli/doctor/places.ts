/** Where clients look for metadata (RFC 8414 §3.1 and §5, OpenID Connect Discovery §4, MCP authorization). */

/** Every place that a client may try for this issuer, the usual one first. */
export function serverPlaces(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, "");
  const usual = [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
  ];
  return path === "" ? usual : [...usual, `${origin}${path}/.well-known/openid-configuration`];
}

/**
 * Further places that are tried in practice: clients of 2025-03-26 look on the resource's own origin, and some put the
 * resource's path behind it.
 */
export function strayPlaces(url: string, issuer: string): readonly string[] {
  const { origin, pathname } = new URL(url);
  const kinds = ["oauth-authorization-server", "openid-configuration"];
  const tried = kinds.flatMap((kind) => [
    `${origin}/.well-known/${kind}`,
    `${origin}/.well-known/${kind}${pathname}`,
    `${origin}${pathname}/.well-known/${kind}`,
  ]);
  const usual = new Set(serverPlaces(issuer));
  return [...new Set(tried)].filter((place) => !usual.has(place) && pathname !== "/");
}

/** What to change when a document is not where clients look. */
export const documentFix = (name: string): string =>
  `Let the proxy hand every path under /.well-known/ on to the server, without a sign-in in front, and check that /.well-known/${name} answers JSON with status 200.`;
