import { createPrivateKey, createPublicKey, generateKeyPair, type JsonWebKey, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { calculateJwkThumbprint } from "jose";
import * as z from "zod";
import type { Database } from "../database/handle.ts";
import { after, type Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { JsonObject } from "../kernel/json.ts";
import { createSealer, type Sealer } from "../kernel/seal.ts";
import { insertFirstKey, listKeys, type StoredKey } from "./records/keys.ts";

/** RSA with SHA-256: what every host verifies (RFC 9068 §2.1). */
export const ALGORITHM = "RS256";

/** An operator's own first key: PEM, PKCS #8 and SPKI. */
export interface GivenKey {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** The keys of access tokens. They lie in the database, sealed; every process holds them open in memory. */
export interface SigningKeys {
  /** The key that signs now. */
  active(): Promise<{ readonly kid: string; readonly privateKey: KeyObject }>;
  /** The public key of a kid that still verifies, or null. */
  find(kid: string): Promise<KeyObject | null>;
  /** The public keys (RFC 7517 §5), those that sign later among them. */
  published(): Promise<{ readonly keys: readonly JsonObject[] }>;
}

interface OpenKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: JsonObject;
  readonly activatesAt: Date;
  readonly retiredAt: Date | null;
}

interface KeyParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly masterSecret: string;
  readonly signingKey: GivenKey | undefined;
}

/** What another process did to the keys is known here this much later at most. */
export const RELOAD_SECONDS = 5;
/** A made-up kid makes us look in the database at most this often. */
const UNKNOWN_SECONDS = 1;
const MIN_BITS = 2048;

const rsaJwk = z.object({ kty: z.literal("RSA"), n: z.string(), e: z.string() });

const otherSecret = (cause: unknown): AppError =>
  new AppError("unavailable", "The signing keys in this database were sealed with a different master secret.", {
    cause,
    next: "Set BELLHOP_SECRET to the same value in every process that uses this database, or let them share one data directory.",
  });

/** @param known the keys that are open already: a private key costs more to open than all the rest. */
function openKey(stored: StoredKey, sealer: Sealer, known: readonly OpenKey[]): OpenKey {
  const { kid, publicJwk: jwk, activatesAt, retiredAt } = stored;
  const same = known.find((key) => key.kid === kid);
  if (same) return { ...same, activatesAt, retiredAt };
  try {
    const privateKey = createPrivateKey(sealer.open(stored.sealed, kid));
    return { kid, privateKey, publicKey: createPublicKey(privateKey), jwk, activatesAt, retiredAt };
  } catch (cause) {
    throw otherSecret(cause);
  }
}

/** @throws AppError `unavailable` when the PEM is not an RSA key pair of at least 2048 bits. */
function readGivenKey(given: GivenKey): KeyObject {
  const unusable = (why: string, cause?: unknown): AppError =>
    new AppError("unavailable", `JWT_PRIVATE_KEY cannot be used: ${why}.`, {
      cause,
      next: "Correct JWT_PRIVATE_KEY and JWT_PUBLIC_KEY, or leave both out to have a key made.",
    });
  const read = (): [KeyObject, KeyObject] => [createPrivateKey(given.privateKey), createPublicKey(given.publicKey)];
  try {
    const [privateKey, publicKey] = read();
    if (privateKey.asymmetricKeyType !== "rsa") throw unusable("it is not an RSA key");
    if ((privateKey.asymmetricKeyDetails?.modulusLength ?? 0) < MIN_BITS)
      throw unusable(`it is shorter than ${MIN_BITS} bits`);
    if (!createPublicKey(privateKey).equals(publicKey)) throw unusable("JWT_PUBLIC_KEY belongs to another key");
    return privateKey;
  } catch (cause) {
    throw cause instanceof AppError ? cause : unusable("it is not a PEM key", cause);
  }
}

const generate = async (): Promise<KeyObject> =>
  (await promisify(generateKeyPair)("rsa", { modulusLength: MIN_BITS })).privateKey;

export const keySealer = (masterSecret: string): Sealer => createSealer(masterSecret, "oauth/signing-key");

async function seal(privateKey: KeyObject, sealer: Sealer, now: Date, activatesAt: Date): Promise<StoredKey> {
  const exported: JsonWebKey = createPublicKey(privateKey).export({ format: "jwk" });
  const { kty, n, e } = rsaJwk.parse(exported);
  const kid = await calculateJwkThumbprint({ kty, n, e });
  const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  const publicJwk = { kty, n, e, kid, alg: ALGORITHM, use: "sig" };
  const sealed = sealer.seal(pem, kid);
  return { kid, algorithm: ALGORITHM, publicJwk, sealed, createdAt: now, activatesAt, retiredAt: null };
}

/** A new key, sealed, that signs from `activatesAt` on. */
export const makeKey = async (sealer: Sealer, now: Date, activatesAt: Date): Promise<StoredKey> =>
  seal(await generate(), sealer, now, activatesAt);

async function loadKeys(parts: KeyParts, sealer: Sealer, known: readonly OpenKey[] = []): Promise<readonly OpenKey[]> {
  const stored = await listKeys(parts.database.handle, parts.clock());
  return stored.map((key) => openKey(key, sealer, known));
}

/** Makes the first key where there is none: the operator's own, else a new one. */
async function ensureFirstKey(parts: KeyParts, sealer: Sealer): Promise<void> {
  const now = parts.clock();
  if ((await listKeys(parts.database.handle, now)).length > 0) return;
  const privateKey = parts.signingKey ? readGivenKey(parts.signingKey) : await generate();
  await insertFirstKey(parts.database, await seal(privateKey, sealer, now, now));
}

/**
 * Opens the signing keys of this database, and makes the first one where there is none. What other processes do to them
 * is seen within seconds, without a restart.
 * @throws AppError `unavailable`, with a sentence and the next step for the operator: the master secret is not this database's, or the given key is unusable.
 */
export async function openSigningKeys(parts: KeyParts): Promise<SigningKeys> {
  const sealer = keySealer(parts.masterSecret);
  await ensureFirstKey(parts, sealer);
  let keys = await loadKeys(parts, sealer);
  let loadedAt = parts.clock();
  let loading: Promise<void> | undefined;
  const load = async (): Promise<void> => {
    keys = await loadKeys(parts, sealer, keys);
    loadedAt = parts.clock();
  };
  const reload = (): Promise<void> => (loading ??= load().finally(() => (loading = undefined)));
  const olderThan = (seconds: number): boolean => parts.clock() >= after(loadedAt, seconds);
  const live = async (): Promise<readonly OpenKey[]> => {
    if (olderThan(RELOAD_SECONDS)) await reload();
    const now = parts.clock();
    return keys.filter((key) => key.retiredAt === null || key.retiredAt > now);
  };
  const known = async (kid: string): Promise<KeyObject | undefined> =>
    (await live()).find((key) => key.kid === kid)?.publicKey;
  return {
    async active() {
      const [newest, ...others] = await live();
      if (newest === undefined) throw new Error("There is no signing key.");
      const now = parts.clock();
      // Another process's clock may be ahead of ours: a first key then seems to sign only in a moment.
      return [newest, ...others].find((key) => key.activatesAt <= now) ?? others.at(-1) ?? newest;
    },
    async find(kid) {
      const key = await known(kid);
      if (key !== undefined || !olderThan(UNKNOWN_SECONDS)) return key ?? null;
      await reload();
      return (await known(kid)) ?? null;
    },
    published: async () => ({ keys: (await live()).map((key) => key.jwk) }),
  };
}
