import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";

/** The hashes of a client's secrets that still hold, the newest first. */
export async function liveSecretHashes(handle: Handle, clientId: string, now: Date): Promise<Buffer[]> {
  const { rows } = await sql<{ secret_hash: Uint8Array }>`
    select secret_hash from oauth_client_secrets
    where client_id = ${clientId} and (expires_at is null or expires_at > ${now})
    order by created_at desc, id desc
  `.execute(handle);
  return rows.map((row) => Buffer.from(row.secret_hash));
}

/** A secret to store: its hash alone. */
interface NewSecret {
  /** UUID. */
  readonly id: string;
  readonly clientId: string;
  /** SHA-256. The secret has 256 random bits, so a plain hash cannot be turned back. */
  readonly hash: Buffer;
  readonly createdAt: Date;
}

/** Stores a secret; those before it end at `olderEnd` at the latest, and those that had ended are deleted. */
export async function insertSecret(handle: Handle, secret: NewSecret, olderEnd: Date): Promise<void> {
  await sql`
    with gone as (
      delete from oauth_client_secrets where client_id = ${secret.clientId} and expires_at <= ${secret.createdAt}
    ), older as (
      update oauth_client_secrets set expires_at = least(expires_at, ${olderEnd}::timestamptz)
      where client_id = ${secret.clientId} and (expires_at is null or expires_at > ${secret.createdAt})
    )
    insert into oauth_client_secrets (id, client_id, secret_hash, created_at)
    values (${secret.id}, ${secret.clientId}, ${secret.hash}, ${secret.createdAt})
  `.execute(handle);
}
