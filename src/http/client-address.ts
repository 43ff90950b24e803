import { isIPv6 } from "node:net";
import type { RequestContext } from "./router.ts";

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** The eight groups of an IPv6 address, `::` filled with zeros (RFC 4291 §2.2). */
function groupsOf(address: string): readonly string[] {
  const [left = "", right] = address.split("::");
  const start = left.split(":").filter(Boolean);
  const end = (right ?? "").split(":").filter(Boolean);
  const zeros = Array.from({ length: 8 - start.length - end.length }, () => "0");
  return right === undefined ? start : [...start, ...zeros, ...end];
}

/**
 * The part of an address that one party holds: an IPv4 address whole, of IPv6 the /64, since every host of a site may
 * pick any address in it (RFC 4291 §2.5.4).
 */
export function networkOf(address: string): string {
  const mapped = MAPPED.exec(address)?.[1];
  if (mapped) return mapped;
  if (!isIPv6(address)) return address;
  const [plain = ""] = address.toLowerCase().split("%");
  return `${groupsOf(plain).slice(0, 4).join(":")}::/64`;
}

/**
 * The address that limits count by. Forwarding headers can be made up by anyone, so only as many entries of
 * X-Forwarded-For are believed, from its end, as there are proxies of ours in front.
 * @param trustedProxies how many proxies of ours append to the header; 0 means that it is not read.
 * @param ignored told once, when a header comes that is not read: then a proxy stands in front that nobody told us of,
 * and all of its callers count as one.
 */
export function clientAddress(trustedProxies: number, ignored?: () => void): (c: RequestContext) => string {
  let told = false;
  return (c) => {
    const socket = c.env.incoming.socket.remoteAddress ?? "unknown";
    const forwarded = c.req.header("x-forwarded-for");
    if (trustedProxies === 0) {
      if (forwarded !== undefined && !told) {
        told = true;
        ignored?.();
      }
      return networkOf(socket);
    }
    const hops = (forwarded ?? "").split(",").map((hop) => hop.trim());
    return networkOf(hops.at(-trustedProxies) || socket);
  };
}
