import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import type { KeySet } from "./clients.ts";

/** What was last read at a client's `jwks_uri`. */
export interface StoredKeySet {
  /** The last good copy; null when none was ever read. */
  readonly jwks: KeySet | null;
  readonly fetchedAt: Date | null;
  /** When it was last asked for, with or without success. */
  readonly triedAt: Date;
}

interface KeySetRow {
  jwks: KeySet | null;
  fetched_at: Date | null;
  tried_at: Date;
}

export async function findKeySet(handle: Handle, uri: string): Promise<StoredKeySet | null> {
  const { rows } = await sql<KeySetRow>`select * from oauth_key_sets where uri = ${uri}`.execute(handle);
  const [row] = rows;
  return row === undefined ? null : { jwks: row.jwks, fetchedAt: row.fetched_at, triedAt: row.tried_at };
}

/** Stores what was read; without it only that it was tried, and the last good copy stays. */
export async function storeKeySet(handle: Handle, uri: string, jwks: KeySet | null, now: Date): Promise<void> {
  const text = jwks === null ? null : JSON.stringify(jwks);
  await sql`
    insert into oauth_key_sets (uri, jwks, fetched_at, tried_at)
    values (${uri}, ${text}::jsonb, ${jwks === null ? null : now}::timestamptz, ${now})
    on conflict (uri) do update set tried_at = excluded.tried_at,
      jwks = coalesce(excluded.jwks, oauth_key_sets.jwks),
      fetched_at = coalesce(excluded.fetched_at, oauth_key_sets.fetched_at)
  `.execute(handle);
}

/** Deletes key sets that no client names any more. */
export async function deleteUnusedKeySets(handle: Handle): Promise<void> {
  await sql`delete from oauth_key_sets where not exists (select 1 from oauth_clients where jwks_uri = uri)`.execute(
    handle,
  );
}
