import { createMiddleware } from "hono/factory";
import { AppError } from "../kernel/errors.ts";
import { isLoopbackHost } from "../kernel/loopback.ts";
import type { HttpEnv, RequestContext } from "./router.ts";

const hostnameOf = (text: string): string | undefined => URL.parse(text)?.hostname;

/**
 * Names that nobody on the internet can own, so that no page can be served under them and then point them here: an
 * address itself, a name without a dot (RFC 6761 §6, ICANN SAC053), and `.internal`, which is kept for private networks.
 * A proxy in front often calls this server by one.
 */
const isNobodys = (hostname: string): boolean =>
  !hostname.includes(".") || /^[\d.]+$|^\[/.test(hostname) || hostname.endsWith(".internal");

/**
 * Refuses a request whose Host is neither the configured one nor a name of this machine or network: a page of another
 * site that has pointed its own name at this machine (DNS rebinding) sends its own name here.
 * @param baseUrl the published address; nothing else is learned from Host.
 */
export const hostGuard = (baseUrl: string) => {
  const own = hostnameOf(baseUrl);
  const ownHost = URL.parse(baseUrl)?.host;
  return createMiddleware<HttpEnv>(async (c, next) => {
    const sent = c.req.header("host") ?? "";
    // Nearly every request sends our own name, which need not be taken apart.
    const host = sent === ownHost ? own : hostnameOf(`http://${sent}`);
    if (host === undefined || (host !== own && !isLoopbackHost(host) && !isNobodys(host))) {
      throw new AppError("forbidden_origin", "This server does not answer to that host name.", {
        next: `Use ${baseUrl}, or let the proxy in front send that name as Host.`,
      });
    }
    await next();
  });
};

/** Decides which pages may call an address that takes a bearer token. */
export interface OriginPolicy {
  /** True for a request without Origin (not a browser), for our own origin, for loopback pages and for those configured. */
  allows(origin: string | undefined): boolean;
}

/** @param allowed further origins, such as `https://inspector.example`. */
export function originPolicy(baseUrl: string, allowed: readonly string[]): OriginPolicy {
  const known = new Set([new URL(baseUrl).origin, ...allowed]);
  return {
    allows(origin) {
      if (origin === undefined || known.has(origin)) return true;
      const hostname = hostnameOf(origin);
      return hostname !== undefined && isLoopbackHost(hostname);
    },
  };
}

/** @throws AppError `forbidden_origin` (MCP 2025-11-25 transports: an invalid Origin is answered with 403). */
export function requireAllowedOrigin(c: RequestContext, policy: OriginPolicy): void {
  if (policy.allows(c.req.header("origin"))) return;
  throw new AppError("forbidden_origin", "Pages of that origin may not call this server.", {
    next: "Add the origin to ALLOWED_ORIGINS if it is yours.",
  });
}
