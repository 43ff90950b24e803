import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import type { ReceiptKey } from "../../kernel/checkpoint.ts";

/*
 * A key's life: it signs until another takes its place; then its private half is deleted, and its public half stays for
 * good, because what it signed has to verify for good.
 */

/** The key that signs, its private half sealed with its id as owner. */
export interface SealedReceiptKey {
  readonly key: ReceiptKey;
  readonly sealed: Uint8Array;
}

/** The key that signs now; null where there is none yet. */
export async function activeKey(handle: Handle): Promise<SealedReceiptKey | null> {
  const { rows } = await sql<SealedReceiptKey>`
    select public_key as key, private_key_sealed as sealed from receipt_keys where retired_at is null
    order by created_at desc limit 1`.execute(handle);
  return rows[0] ?? null;
}

/** Every public key that ever signed, the one that signs now first. */
export async function listReceiptKeys(
  handle: Handle,
): Promise<readonly { readonly key: ReceiptKey; readonly createdAt: Date; readonly retiredAt: Date | null }[]> {
  const { rows } = await sql<{ key: ReceiptKey; createdAt: Date; retiredAt: Date | null }>`
    select public_key as key, created_at as "createdAt", retired_at as "retiredAt" from receipt_keys
    order by retired_at desc nulls first, created_at desc, kid`.execute(handle);
  return rows;
}

/** Makes a key the one that signs; of those before it only the public halves stay. */
export async function replaceKey(handle: Handle, { key, sealed }: SealedReceiptKey, now: Date): Promise<void> {
  await sql`
    update receipt_keys set retired_at = ${now}, private_key_sealed = null where retired_at is null`.execute(handle);
  await sql`
    insert into receipt_keys (kid, public_key, private_key_sealed, created_at)
    values (${key.kid}, ${JSON.stringify(key)}::jsonb, ${sealed}, ${now})`.execute(handle);
}
