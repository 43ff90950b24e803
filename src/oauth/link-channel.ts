import type { RequestContext } from "../http/router.ts";
import { AppError } from "../kernel/errors.ts";
import type { Channel } from "../kernel/principal.ts";
import { channelOf } from "./redirect-uri.ts";

/** Channels with addresses of their own, `/oauth/{channel}/authorize` and `/oauth/{channel}/token`. */
export const linkChannels = ["chatgpt", "claude"] as const satisfies readonly Channel[];
export type LinkChannel = (typeof linkChannels)[number];

/**
 * The channel whose own address a request came to, or null at an address that all share.
 * @throws AppError `not_found` for a channel that has none.
 */
export function linkChannelOf(c: RequestContext): LinkChannel | null {
  const named = c.req.param("channel");
  if (named === undefined) return null;
  const channel = linkChannels.find((known) => known === named);
  if (channel === undefined) throw new AppError("not_found", "There is no such channel at this server.");
  return channel;
}

/**
 * The channel that a grant is made on: the one that the operator gave the client; else the host that the answer goes to,
 * which proves itself by that; else the channel whose own address began or ended the link, which is only claimed.
 */
export function grantChannel(
  ofClient: Channel | null,
  begun: Channel | null,
  ended: Channel | null,
  redirectUri: string,
): Channel {
  const proven = channelOf(redirectUri);
  if (ofClient !== null) return ofClient;
  return proven === "mcp" ? (begun ?? ended ?? proven) : proven;
}

/**
 * The channels that must all be open for a link: its own, and the one of where its answers go. Any client may claim a
 * channel by the address that it comes to, and so must pass what it would have passed without; the operator's word for a
 * client is no claim.
 */
export function channelsToPass(channel: Channel, ofClient: Channel | null, redirectUri: string): readonly Channel[] {
  return channel === ofClient ? [channel] : [...new Set([channel, channelOf(redirectUri)])];
}
