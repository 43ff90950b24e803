import { createECDH } from "node:crypto";
import type { Database } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { PushKeys } from "../kernel/ports/notify.ts";
import { createSealer } from "../kernel/seal.ts";
import { findPushKeys, insertPushKeys } from "./records/push-keys.ts";

interface PushKeyParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly masterSecret: string;
}

/** The key pair by which push services know this server: made when it is first asked for, and kept sealed. */
export interface KeptPushKeys {
  /** What a browser subscribes with: uncompressed P-256, base64url. */
  publicKey(): Promise<string>;
  /** @throws AppError `unavailable` when the master secret is not this database's. */
  open(): Promise<PushKeys>;
}

/** The private scalar is a number, so leading zeros may be missing; 32 bytes is what a key is (RFC 7518 §6.2.2.1). */
function generate(): PushKeys {
  const pair = createECDH("prime256v1");
  const publicKey = pair.generateKeys("base64url");
  return { publicKey, privateKey: pair.getPrivateKey("hex").padStart(64, "0") };
}

export function createPushKeys({ database, clock, masterSecret }: PushKeyParts): KeptPushKeys {
  const sealer = createSealer(masterSecret, "accounts/push-key");
  const { handle } = database;

  async function kept() {
    const found = await findPushKeys(handle);
    if (found) return found;
    const { publicKey, privateKey } = generate();
    await insertPushKeys(handle, { publicKey, sealed: sealer.seal(privateKey, publicKey) }, clock());
    const stored = await findPushKeys(handle);
    if (stored) return stored;
    throw new Error("The push keys that were just stored are gone.");
  }

  return {
    publicKey: async () => (await kept()).publicKey,
    async open() {
      const { publicKey, sealed } = await kept();
      try {
        return { publicKey, privateKey: Buffer.from(sealer.open(sealed, publicKey), "hex").toString("base64url") };
      } catch (cause) {
        throw new AppError("unavailable", "The key for notices was sealed with a different master secret.", {
          cause,
          next: "Set BELLHOP_SECRET to the value with which this database was used before.",
        });
      }
    },
  };
}
