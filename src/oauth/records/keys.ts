import { sql } from "kysely";
import type { Database, Handle } from "../../database/handle.ts";
import type { JsonObject } from "../../kernel/json.ts";

/*
 * A signing key's life: published (others may learn it), active (it signs), retiring (it only verifies what it signed),
 * retired (what it signed is refused). The times of all steps are written when the key is made or followed by another,
 * so every process knows them beforehand, and no process has to tell another.
 */

/** A signing key as it is stored. */
export interface StoredKey {
  /** RFC 7638 thumbprint of the public key. */
  readonly kid: string;
  readonly algorithm: string;
  readonly publicJwk: JsonObject;
  /** The private key, PKCS #8 PEM, sealed with the kid as owner. */
  readonly sealed: Uint8Array;
  readonly createdAt: Date;
  /** When it begins to sign. */
  readonly activatesAt: Date;
  /** When it ends, which may lie ahead; null while no other key follows it. */
  readonly retiredAt: Date | null;
}

interface KeyRow {
  kid: string;
  algorithm: string;
  public_jwk: JsonObject;
  private_key_sealed: Uint8Array;
  created_at: Date;
  activates_at: Date;
  retired_at: Date | null;
}

const asKey = (row: KeyRow): StoredKey => ({
  kid: row.kid,
  algorithm: row.algorithm,
  publicJwk: row.public_jwk,
  sealed: row.private_key_sealed,
  createdAt: row.created_at,
  activatesAt: row.activates_at,
  retiredAt: row.retired_at,
});

/** Every key that is kept, the last to be active first. */
export async function listAllKeys(handle: Handle): Promise<StoredKey[]> {
  const { rows } = await sql<KeyRow>`select * from oauth_keys order by activates_at desc, kid`.execute(handle);
  return rows.map(asKey);
}

/** The keys that have not ended by now, the last to be active first. */
export async function listKeys(handle: Handle, now: Date): Promise<StoredKey[]> {
  return (await listAllKeys(handle)).filter((key) => key.retiredAt === null || key.retiredAt > now);
}

async function insertKey(handle: Handle, key: StoredKey): Promise<void> {
  await sql`
    insert into oauth_keys (kid, algorithm, public_jwk, private_key_sealed, created_at, activates_at)
    values (${key.kid}, ${key.algorithm}, ${JSON.stringify(key.publicJwk)}::jsonb, ${key.sealed}, ${key.createdAt},
      ${key.activatesAt})
  `.execute(handle);
}

/** Any number of our own, the same in every process: no other advisory lock of ours uses it. */
const KEYS_LOCK = 7_269_001;

/** Runs `work` while no other process changes the keys. */
const alone = <T>(database: Database, work: (handle: Handle) => Promise<T>): Promise<T> =>
  database.transaction(async (handle) => {
    await sql`select pg_advisory_xact_lock(${KEYS_LOCK})`.execute(handle);
    return work(handle);
  });

/** Stores the first key, unless another process that started at the same time has stored one meanwhile. */
export const insertFirstKey = (database: Database, key: StoredKey): Promise<void> =>
  alone(database, async (handle) => {
    if ((await listKeys(handle, key.createdAt)).length === 0) await insertKey(handle, key);
  });

/**
 * Stores the key that follows all others; they end at `othersEnd`, or earlier when that is settled already.
 * @param onlyAfter nothing happens when a key is there that became, or becomes, active later than this.
 * @returns whether it was stored.
 */
export const insertNextKey = (
  database: Database,
  key: StoredKey,
  othersEnd: Date,
  onlyAfter?: Date,
): Promise<boolean> =>
  alone(database, async (handle) => {
    const [newest] = await listKeys(handle, key.createdAt);
    if (onlyAfter && newest && newest.activatesAt > onlyAfter) return false;
    await sql`
      update oauth_keys set retired_at = ${othersEnd}
      where retired_at is null or retired_at > ${othersEnd}
    `.execute(handle);
    // One that would have signed later never does: it ends with the others, and its tokens would outlive it.
    const overtaken = new Date(key.activatesAt.getTime() - 1);
    await sql`update oauth_keys set activates_at = ${overtaken} where activates_at > ${overtaken}`.execute(handle);
    await insertKey(handle, key);
    return true;
  });

/**
 * Ends a key at once. Where it was the last to sign, the next published one signs from now on, else `replacement`.
 * @returns false when no key of this kid is left to end.
 */
export const retireKey = (database: Database, kid: string, replacement: StoredKey, now: Date): Promise<boolean> =>
  alone(database, async (handle) => {
    const { rows } = await sql`
      update oauth_keys set retired_at = ${now}
      where kid = ${kid} and (retired_at is null or retired_at > ${now})
      returning 1
    `.execute(handle);
    if (rows.length === 0) return false;
    const left = await listKeys(handle, now);
    // A key that is on its way out must not become the one that signs.
    const signs = left.some((key) => key.retiredAt === null && key.activatesAt <= now);
    const [next] = left.filter((key) => key.retiredAt === null);
    if (signs) return true;
    if (next) await sql`update oauth_keys set activates_at = ${now} where kid = ${next.kid}`.execute(handle);
    else await insertKey(handle, replacement);
    return true;
  });

/** Deletes keys that ended before `before`. */
export async function deleteRetiredKeys(handle: Handle, before: Date): Promise<void> {
  await sql`delete from oauth_keys where retired_at < ${before}`.execute(handle);
}
