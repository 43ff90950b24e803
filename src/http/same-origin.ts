import { AppError } from "../kernel/errors.ts";

/** What `Sec-Fetch-Site` says of a request that our own page, or the person's own address bar, made. */
const OWN_SITES: ReadonlySet<string> = new Set(["same-origin", "none"]);

function isOwn(request: Request, origin: string): boolean {
  const sent = request.headers.get("origin");
  if (sent !== null) return sent === origin;
  const site = request.headers.get("sec-fetch-site");
  return site === null || OWN_SITES.has(site);
}

/**
 * Refuses a write that another site's page makes with the person's cookie. Browsers send `Origin` with every such
 * write (Fetch §3.2, "append a request `Origin` header"), and it must be ours; the opaque origin `null` is not. Where
 * it is missing, Fetch Metadata decides; where both are missing it is no browser, and carries no ambient cookie.
 * @param baseUrl the configured address: the request's own Host is not believed.
 * @throws AppError `forbidden_origin`, naming the address to open.
 */
export function requireSameOrigin(request: Request, baseUrl: string): void {
  const { origin } = new URL(baseUrl);
  if (isOwn(request, origin)) return;
  throw new AppError("forbidden_origin", "This page was opened at an address that is not the server's own.", {
    next: `Open ${origin} and try again.`,
  });
}
