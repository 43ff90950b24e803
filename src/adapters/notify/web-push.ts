import { createECDH } from "node:crypto";
import webPush from "web-push";
import { AppError } from "../../kernel/errors.ts";
import type { PushKeys, PushMessage, PushPort, PushTarget } from "../../kernel/ports/notify.ts";
import type { WebLetter, WebSender } from "../../kernel/ports/web.ts";

interface WebPushParts {
  /** Guarded: an endpoint is an address that a browser names. */
  readonly web: WebSender;
  /** Whom a push service may write to about what we send (RFC 8292 §2.1): an https or mailto address. */
  readonly subject: string;
}

const TIMEOUT_MS = 10_000;
/** Seconds to wait where a push service does not say how long. */
const LATER = 60;

/** @throws AppError `invalid_request` for keys by which nothing can be encrypted. */
function requireKeys({ p256dh, auth }: PushTarget): void {
  const refused = (cause?: unknown): AppError =>
    new AppError("invalid_request", "The browser's keys for notices cannot be used.", { cause });
  // 16 bytes (RFC 8291 §3.2).
  if (Buffer.from(auth, "base64url").length !== 16) throw refused();
  try {
    const ours = createECDH("prime256v1");
    ours.generateKeys();
    // Fails for a point that does not lie on the curve.
    ours.computeSecret(Buffer.from(p256dh, "base64url"));
  } catch (cause) {
    throw refused(cause);
  }
}

/** The encrypted request (RFC 8030 §5, RFC 8291, RFC 8292), as the library makes it; it is not the library that sends it. */
function letterTo(target: PushTarget, message: PushMessage, keys: PushKeys, subject: string): WebLetter {
  const { endpoint, p256dh, auth } = target;
  const { headers, body } = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, message.payload, {
    vapidDetails: { subject, ...keys },
    TTL: message.ttlSeconds,
    topic: message.topic,
    urgency: "high",
    contentEncoding: "aes128gcm",
  });
  const sent = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return { headers: Object.fromEntries(sent), body };
}

/** What a push service's answer means (RFC 8030 §5, §7.3, §8.4). */
function outcomeOf(status: number, retryAfter: string | undefined): "sent" | "gone" {
  if (status >= 200 && status < 300) return "sent";
  if (status === 404 || status === 410) return "gone";
  if (status === 429) {
    const seconds = /^\d{1,6}$/.test(retryAfter ?? "") ? Number(retryAfter) : LATER;
    throw new AppError("rate_limited", "The push service takes no more for now.", { details: { retryAfter: seconds } });
  }
  throw new AppError("unavailable", `The push service did not take the notice (status ${status}).`);
}

/** Web Push by the protocol that every browser speaks; a service of its own it needs none. */
export function createWebPush({ web, subject }: WebPushParts): PushPort {
  function requireUsable(target: PushTarget): void {
    web.requirePublic(target.endpoint);
    requireKeys(target);
  }
  return {
    requireUsable,
    async send(target, message, keys) {
      requireUsable(target);
      const letter = letterTo(target, message, keys, subject);
      const { status, headers } = await web.post(target.endpoint, letter, TIMEOUT_MS);
      return outcomeOf(status, headers["retry-after"]);
    },
  };
}
