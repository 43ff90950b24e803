import { createHmac, timingSafeEqual } from "node:crypto";
import { AppError } from "../kernel/errors.ts";

/** What came in, as it was sent. */
export interface Delivery {
  /** `webhook-id`, `webhook-timestamp` and `webhook-signature`; undefined where the header is missing. */
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
  readonly body: Uint8Array;
}

/** How far the sender's clock, or its delivery, may be from ours. */
const TOLERANCE_SECONDS = 300;
/** A sender that follows one secret with another signs with both; more is noise. */
const MOST_SIGNATURES = 10;

const unsigned = (why: string): AppError =>
  new AppError("authentication_required", `This delivery is not taken: ${why}.`, {
    next: "Sign it by Standard Webhooks, with the secret that BILLING_WEBHOOK_SECRET has.",
  });

const signatureOf = (secret: Uint8Array, id: string, timestamp: string, body: Uint8Array): Buffer =>
  createHmac("sha256", secret).update(`${id}.${timestamp}.`).update(body).digest();

/** The signatures of version 1, as bytes; others are of schemes that this server does not know. */
const givenSignatures = (header: string): readonly Buffer[] =>
  header
    .split(" ")
    .filter((part) => part.startsWith("v1,"))
    .slice(0, MOST_SIGNATURES)
    .map((part) => Buffer.from(part.slice("v1,".length), "base64"));

const isSame = (one: Buffer, other: Buffer): boolean => one.length === other.length && timingSafeEqual(one, other);

/**
 * Proves that a delivery comes from who has one of the secrets, was sent a moment ago, and is as it was sent (Standard
 * Webhooks, "Verifying webhook authenticity"). The bytes of the body are what is signed: nothing of it is read before.
 * @returns the delivery's id, which stays the same when it is sent again.
 * @throws AppError `authentication_required`.
 */
export function verifyDelivery(delivery: Delivery, secrets: readonly Uint8Array[], now: Date): string {
  const { id, timestamp, signature, body } = delivery;
  if (!id || !timestamp || !signature) throw unsigned("webhook-id, webhook-timestamp or webhook-signature is missing");
  if (!/^[\x21-\x7e]{1,256}$/.test(id)) throw unsigned("webhook-id has 1 to 256 printable characters");
  if (!/^\d{1,12}$/.test(timestamp)) throw unsigned("webhook-timestamp is in whole seconds since 1970");
  const given = givenSignatures(signature);
  const made = secrets.map((secret) => signatureOf(secret, id, timestamp, body));
  if (!made.some((one) => given.some((other) => isSame(one, other)))) throw unsigned("no signature fits");
  const apart = Math.abs(now.getTime() / 1000 - Number(timestamp));
  if (apart > TOLERANCE_SECONDS)
    throw unsigned("its webhook-timestamp is more than five minutes from this server's time");
  return id;
}
