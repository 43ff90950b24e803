import type { RequestContext } from "./router.ts";

/**
 * The address that limits count by. Forwarding headers can be made up by anyone, so only as many entries of
 * X-Forwarded-For are believed, from its end, as there are proxies of ours in front.
 * @param trustedProxies how many proxies of ours append to the header; 0 means that it is not read.
 */
export const clientAddress =
  (trustedProxies: number) =>
  (c: RequestContext): string => {
    const socket = c.env.incoming.socket.remoteAddress ?? "unknown";
    if (trustedProxies === 0) return socket;
    const hops = (c.req.header("x-forwarded-for") ?? "").split(",").map((hop) => hop.trim());
    return hops.at(-trustedProxies) || socket;
  };
