import { randomUUID } from "node:crypto";
import * as z from "zod";
import { hostCookie } from "../http/cookies.ts";
import { after, type Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { randomToken } from "../kernel/ids.ts";
import { createSealer, type Sealer } from "../kernel/seal.ts";
import { type AuthorizationParameters, authorizationParameters } from "./authorization-request.ts";
import { type LinkChannel, linkChannels } from "./link-channel.ts";

/** An authorization request that waits for the person's decision. */
export interface PendingRequest {
  /** Approved at most once. */
  readonly id: string;
  readonly parameters: AuthorizationParameters;
  /** The channel's own address where it began, or null. */
  readonly channel: LinkChannel | null;
  readonly expiresAt: Date;
}

/** Hands out and opens the handles of pending requests. */
export interface PendingRequests {
  /** @returns the handle for the consent page's address, and the cookie that binds it to this browser. */
  begin(
    request: Request,
    parameters: AuthorizationParameters,
    channel: LinkChannel | null,
  ): { readonly id: string; readonly handle: string; readonly setCookie: string };
  /** @throws AppError `invalid_request` when the handle is not ours, too old, or of another browser. */
  open(request: Request, handle: string): PendingRequest;
  /** Stands for a user on the consent page of this request alone: it tells nothing, and fits no other request. */
  personRef(pending: PendingRequest, userId: string): string;
}

const LIFE_SECONDS = 600;
/** 256 bits, base64url. */
const BROWSER = /^[A-Za-z0-9_-]{43}$/;

const sealedSchema = z.object({
  id: z.string(),
  expiresAt: z.string().transform((text) => new Date(text)),
  parameters: authorizationParameters,
  channel: z.literal(linkChannels).nullable().default(null),
});

const gone = (cause?: unknown): AppError =>
  new AppError("invalid_request", "This request is too old, or was opened in another browser.", {
    cause,
    next: "Go back to the assistant and start linking again.",
  });

function openSealed(sealer: Sealer, handle: string, browser: string): PendingRequest {
  try {
    return sealedSchema.parse(JSON.parse(sealer.open(Buffer.from(handle, "base64url"), browser)));
  } catch (cause) {
    throw gone(cause);
  }
}

/**
 * A pending request is stored nowhere: its handle is the request itself, sealed, so that a visit by a stranger writes
 * no row and any process can go on with it. The handle opens only beside the cookie of the browser that began it, so
 * that nobody can begin a link and have another person finish it.
 */
export function createPendingRequests(masterSecret: string, baseUrl: string, clock: Clock): PendingRequests {
  const sealer = createSealer(masterSecret, "oauth/pending-request");
  const cookie = hostCookie("bellhop-link", baseUrl);
  const browserOf = (request: Request): string | null => {
    const value = cookie.read(request);
    return value !== null && BROWSER.test(value) ? value : null;
  };
  return {
    begin(request, parameters, channel) {
      const browser = browserOf(request) ?? randomToken();
      const pending = { id: randomUUID(), expiresAt: after(clock(), LIFE_SECONDS), parameters, channel };
      const handle = sealer.seal(JSON.stringify(pending), browser).toString("base64url");
      return { id: pending.id, handle, setCookie: cookie.set(browser, LIFE_SECONDS) };
    },
    open(request, handle) {
      const browser = browserOf(request);
      if (browser === null) throw gone();
      const pending = openSealed(sealer, handle, browser);
      if (pending.expiresAt <= clock()) throw gone();
      return pending;
    },
    personRef: ({ id }, userId) => sealer.mac(JSON.stringify([id, userId])).toString("base64url"),
  };
}
