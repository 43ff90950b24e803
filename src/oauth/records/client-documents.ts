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

/** A client as its document described it. */
export interface ClientDocument {
  readonly client: Client;
  readonly state: DocumentState;
}

/** What is stored of the document behind a client id, or null. */
export async function findDocument(handle: Handle, id: string): Promise<ClientDocument | null> {
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

const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

/**
 * Stores what a document says now in the place of what it said before. Being switched off stays.
 * @returns false when this client is not stored.
 */
export async function updateDocument(handle: Handle, client: Client, state: DocumentState): Promise<boolean> {
  const { rows } = await sql`
    update oauth_clients set name = ${client.name}, uri = ${client.uri},
      redirect_uris = ${json(client.redirectUris)}::jsonb, scope = ${client.scopes?.join(" ") ?? null},
      auth_methods = ${json(client.authMethods)}::jsonb, jwks = ${json(client.jwks)}::jsonb, jwks_uri = ${client.jwksUri},
      document_fetched_at = ${state.fetchedAt}::timestamptz, document_fresh_until = ${state.freshUntil}::timestamptz
    where id = ${client.id} and kind = 'document'
    returning 1
  `.execute(handle);
  return rows.length === 1;
}

/** Stores a client that somebody linked, so that its code and its link can belong to it; one that is there stays. */
export async function insertDocument(handle: Handle, client: Client, state: DocumentState): Promise<void> {
  await sql`
    insert into oauth_clients (id, kind, name, uri, redirect_uris, scope, auth_methods, jwks, jwks_uri, created_at,
      document_fetched_at, document_fresh_until)
    values (${client.id}, 'document', ${client.name}, ${client.uri}, ${json(client.redirectUris)}::jsonb,
      ${client.scopes?.join(" ") ?? null}, ${json(client.authMethods)}::jsonb, ${json(client.jwks)}::jsonb,
      ${client.jwksUri}, ${client.createdAt}, ${state.fetchedAt}::timestamptz, ${state.freshUntil}::timestamptz)
    on conflict (id) do nothing
  `.execute(handle);
}
