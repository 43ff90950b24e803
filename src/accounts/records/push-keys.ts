import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";

/*
 * The one key pair by which push services know this server. It stays for good: a browser's subscription is bound to the
 * public half (RFC 8292 §4.2), and would be lost with it.
 */

interface SealedPushKeys {
  readonly publicKey: string;
  /** The private half, sealed with the public one as owner. */
  readonly sealed: Uint8Array;
}

export async function findPushKeys(db: Handle): Promise<SealedPushKeys | null> {
  const { rows } = await sql<SealedPushKeys>`
    select public_key as "publicKey", private_key_sealed as sealed from push_keys`.execute(db);
  return rows[0] ?? null;
}

/** Stores the pair, unless another process has stored one meanwhile. */
export async function insertPushKeys(db: Handle, keys: SealedPushKeys, now: Date): Promise<void> {
  await sql`
    insert into push_keys (public_key, private_key_sealed, created_at) values (${keys.publicKey}, ${keys.sealed}, ${now})
    on conflict (single) do nothing`.execute(db);
}
