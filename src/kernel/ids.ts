import { randomBytes, randomUUID } from "node:crypto";

/**
 * A UUIDv7 (RFC 9562 §5.7): ids sort by the time at which they were made, to the millisecond.
 * @param now the call's time; tests set it.
 */
export function uuidv7(now: Date): string {
  const time = timeDigits(now);
  // Random bits of a UUIDv4, which Node takes from a pool, stand where both versions have them.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** The milliseconds since 1970 in the 48 bits that begin a UUIDv7. */
const timeDigits = (time: Date): string => Math.max(0, time.getTime()).toString(16).padStart(12, "0");

/** The lowest UUIDv7 of a millisecond: every id made at that time or later is greater. */
export function lowestIdAt(time: Date): string {
  const digits = timeDigits(time);
  return `${digits.slice(0, 8)}-${digits.slice(8)}-7000-8000-000000000000`;
}

/** The time at which a UUIDv7 was made. */
export const timeOfId = (id: string): Date => new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));

/** An unguessable token: `bytes` random bytes in base64url. */
export const randomToken = (bytes = 32): string => randomBytes(bytes).toString("base64url");

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True for a UUID in its lower-case text form, so that a foreign id never reaches a uuid column. */
export const isUuid = (text: string): boolean => UUID.test(text);
