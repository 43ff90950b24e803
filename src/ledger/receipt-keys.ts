import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { Handle } from "../database/handle.ts";
import { publicKey, thumbprint, type ReceiptKey } from "../kernel/checkpoint.ts";
import { AppError } from "../kernel/errors.ts";
import { createSealer, type Sealer } from "../kernel/seal.ts";
import { activeKey, replaceKey, type SealedReceiptKey } from "./records/receipt-keys.ts";

/** The key that signs, open. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

export const receiptKeySealer = (masterSecret: string): Sealer => createSealer(masterSecret, "ledger/receipt-key");

function generate(sealer: Sealer): SealedReceiptKey {
  const { privateKey } = generateKeyPairSync("ed25519");
  const { kty, crv, x } = publicKey.omit({ kid: true }).parse(createPublicKey(privateKey).export({ format: "jwk" }));
  const key: ReceiptKey = { kty, crv, x, kid: thumbprint({ kty, crv, x }) };
  return { key, sealed: sealer.seal(privateKey.export({ format: "pem", type: "pkcs8" }).toString(), key.kid) };
}

/** Puts a new key in the place of the one that signs. Inside a transaction that holds the lock of checkpoints. */
export async function rotateReceiptKey(handle: Handle, sealer: Sealer, now: Date): Promise<string> {
  const made = generate(sealer);
  await replaceKey(handle, made, now);
  return made.key.kid;
}

/**
 * The key that signs, read anew each time, since it may have been followed by another. The first is made here. Inside a
 * transaction that holds the lock of checkpoints.
 * @throws AppError `unavailable` when the master secret is not this database's.
 */
export async function openReceiptKey(handle: Handle, sealer: Sealer, now: Date): Promise<SigningKey> {
  const stored = await activeKey(handle);
  if (!stored) {
    await rotateReceiptKey(handle, sealer, now);
    return openReceiptKey(handle, sealer, now);
  }
  try {
    return { kid: stored.key.kid, privateKey: createPrivateKey(sealer.open(stored.sealed, stored.key.kid)) };
  } catch (cause) {
    throw new AppError("unavailable", "The key of the receipts was sealed with a different master secret.", {
      cause,
      next: "Set BELLHOP_SECRET to the value with which this database was used before.",
    });
  }
}
