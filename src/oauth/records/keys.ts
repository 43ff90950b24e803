import { sql } from "kysely";
import type { Database, Handle } from "../../database/handle.ts";
import type { JsonObject } from "../../kernel/json.ts";

/** A signing key as it is stored. */
export interface StoredKey {
  /** RFC 7638 thumbprint of the public key. */
  readonly kid: string;
  readonly algorithm: string;
  readonly publicJwk: JsonObject;
  /** The private key, PKCS #8 PEM, sealed with the kid as owner. */
  readonly sealed: Uint8Array;
  readonly createdAt: Date;
}

interface KeyRow {
  kid: string;
  algorithm: string;
  public_jwk: JsonObject;
  private_key_sealed: Uint8Array;
  created_at: Date;
}

const asKey = (row: KeyRow): StoredKey => ({
  kid: row.kid,
  algorithm: row.algorithm,
  publicJwk: row.public_jwk,
  sealed: row.private_key_sealed,
  createdAt: row.created_at,
});

/** The keys that tokens may be signed with, the newest first: that one signs. */
export async function listKeys(handle: Handle): Promise<StoredKey[]> {
  const { rows } = await sql<KeyRow>`
    select * from oauth_keys where retired_at is null order by created_at desc, kid
  `.execute(handle);
  return rows.map(asKey);
}

/** Any number of our own, the same in every process: no other advisory lock of ours uses it. */
const FIRST_KEY_LOCK = 7_269_001;

/** Stores the first key, unless another process that started at the same time has stored one meanwhile. */
export async function insertFirstKey(database: Database, key: StoredKey): Promise<void> {
  await database.transaction(async (handle) => {
    await sql`select pg_advisory_xact_lock(${FIRST_KEY_LOCK})`.execute(handle);
    if ((await listKeys(handle)).length > 0) return;
    await sql`
      insert into oauth_keys (kid, algorithm, public_jwk, private_key_sealed, created_at)
      values (${key.kid}, ${key.algorithm}, ${JSON.stringify(key.publicJwk)}::jsonb, ${key.sealed}, ${key.createdAt})
    `.execute(handle);
  });
}
