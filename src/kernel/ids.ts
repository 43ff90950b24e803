import { randomBytes } from "node:crypto";

/**
 * A UUIDv7 (RFC 9562 §5.7): ids sort by the time at which they were made, to the millisecond.
 * @param now the call's time; tests set it.
 */
export function uuidv7(now: Date): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now.getTime(), 0, 6);
  bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** An unguessable token: `bytes` random bytes in base64url. */
export const randomToken = (bytes = 32): string => randomBytes(bytes).toString("base64url");

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True for a UUID in its lower-case text form, so that a foreign id never reaches a uuid column. */
export const isUuid = (text: string): boolean => UUID.test(text);
