import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";

/** An assertion that a client proved itself with, kept for as long as it could be sent again. */
interface UsedAssertion {
  readonly clientId: string;
  /** SHA-256 of its `jti`. */
  readonly jtiHash: Buffer;
  readonly expiresAt: Date;
}

/** Marks an assertion used, for every process at once. @returns false when it was used before (RFC 7523 §3). */
export async function useAssertion(handle: Handle, { clientId, jtiHash, expiresAt }: UsedAssertion): Promise<boolean> {
  const { rows } = await sql`
    insert into oauth_assertions (client_id, jti_hash, expires_at) values (${clientId}, ${jtiHash}, ${expiresAt})
    on conflict (client_id, jti_hash) do nothing
    returning 1
  `.execute(handle);
  return rows.length === 1;
}

/** Deletes assertions whose time is over: they are refused for their age. */
export async function deleteOldAssertions(handle: Handle, before: Date): Promise<void> {
  await sql`delete from oauth_assertions where expires_at < ${before}`.execute(handle);
}
