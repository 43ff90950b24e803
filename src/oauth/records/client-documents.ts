import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import { asClient, type Client, type ClientRow } from "./clients.ts";

/** What is known of the document behind a client id, beside the client that was read from it. */
export interface DocumentState {
  /** When it was last read; null while only the shipped entry of a known host stands in for it. */
  readonly fetchedAt: Date | null;
  /** Until when it need not be asked for again. */
  readonly freshUntil: Date;
}

interface DocumentRow extends ClientRow {
  document_fetched_at: Date | null;
  document_fresh_until: Date;
}

/** What is stored of the document behind a client id, or null. */
export async function findDocument(
  handle: Handle,
  id: string,
): Promise<{ readonly client: Client; readonly state: DocumentState } | null> {
  const { rows } = await sql<DocumentRow>`
    select * from oauth_clients where id = ${id} and kind = 'document'
  `.execute(handle);
  const [row] = rows;
  if (row === undefined) return null;
  return {
    client: asClient(row),
    state: { fetchedAt: row.document_fetched_at, freshUntil: row.document_fresh_until },
  };
}

/** Stores what a document says, in the place of what it said before. Being switched off stays. */
export async function storeDocument(handle: Handle, client: Client, state: DocumentState): Promise<void> {
  const jwks = client.jwks === null ? null : JSON.stringify(client.jwks);
  await sql`
    insert into oauth_clients (id, kind, name, uri, redirect_uris, scope, auth_methods, jwks, jwks_uri, created_at,
      document_fetched_at, document_fresh_until)
    values (${client.id}, 'document', ${client.name}, ${client.uri}, ${JSON.stringify(client.redirectUris)}::jsonb,
      ${client.scopes?.join(" ") ?? null}, ${JSON.stringify(client.authMethods)}::jsonb, ${jwks}::jsonb,
      ${client.jwksUri}, ${client.createdAt}, ${state.fetchedAt}::timestamptz, ${state.freshUntil}::timestamptz)
    on conflict (id) do update set name = excluded.name, uri = excluded.uri, redirect_uris = excluded.redirect_uris,
      scope = excluded.scope, auth_methods = excluded.auth_methods, jwks = excluded.jwks, jwks_uri = excluded.jwks_uri,
      document_fetched_at = excluded.document_fetched_at, document_fresh_until = excluded.document_fresh_until
    where oauth_clients.kind = 'document'
  `.execute(handle);
}

/** Keeps the last good copy, and asks again after `retryAt`. */
export async function postponeDocument(handle: Handle, id: string, retryAt: Date): Promise<void> {
  await sql`
    update oauth_clients set document_fresh_until = ${retryAt} where id = ${id} and kind = 'document'
  `.execute(handle);
}
