import { timingSafeEqual } from "node:crypto";
import { isUuid } from "../kernel/ids.ts";
import { createSealer } from "../kernel/seal.ts";

/** What a refresh token says: which grant, and the how-manieth token of it this is. */
export interface RefreshClaims {
  readonly grantId: string;
  readonly counter: number;
}

/** Writes and reads refresh tokens. */
export interface RefreshTokens {
  write(claims: RefreshClaims): string;
  /** null for anything that this server did not write, before any database is asked. */
  read(token: string): RefreshClaims | null;
}

const VERSION = 1;
const HEAD = 21;
const MAC = 24;
/** 45 bytes are exactly 60 characters of base64url: there is only one spelling of each token. */
const TOKEN = /^rt_([A-Za-z0-9_-]{60})$/;

const uuidOf = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;

/**
 * `rt_` and base64url of: version (1 byte), grant id (16), counter (4), HMAC-SHA256 cut to 192 bits (24).
 * No refresh token is stored: the grant's row keeps only its counter, so the same next token can be written again for a
 * client whose answer was lost, and a copy of the database refreshes nothing.
 */
export function createRefreshTokens(masterSecret: string): RefreshTokens {
  const sealer = createSealer(masterSecret, "oauth/refresh-token");
  const macOf = (head: Buffer): Buffer => sealer.mac(head.toString("hex")).subarray(0, MAC);
  return {
    write({ grantId, counter }) {
      const head = Buffer.alloc(HEAD);
      head.writeUInt8(VERSION, 0);
      head.write(grantId.replaceAll("-", ""), 1, "hex");
      head.writeUInt32BE(counter, 17);
      return `rt_${Buffer.concat([head, macOf(head)]).toString("base64url")}`;
    },
    read(token) {
      const bytes = Buffer.from(TOKEN.exec(token)?.[1] ?? "", "base64url");
      if (bytes.length !== HEAD + MAC) return null;
      const head = bytes.subarray(0, HEAD);
      if (!timingSafeEqual(bytes.subarray(HEAD), macOf(head)) || head.readUInt8(0) !== VERSION) return null;
      const grantId = uuidOf(head.toString("hex", 1, 17));
      return isUuid(grantId) ? { grantId, counter: head.readUInt32BE(17) } : null;
    },
  };
}
