import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import { parseScopes, type Scope } from "../../kernel/scopes.ts";

/** A program that may ask people to link their account. All are public clients: none holds a secret. */
export interface Client {
  readonly id: string;
  /** Who made it: the client itself (RFC 7591), or an operator. */
  readonly kind: "dynamic" | "operator";
  /** Its own word for itself, cleaned for display and never proof of anything. */
  readonly name: string;
  /** Its home page, https, or null. */
  readonly uri: string | null;
  readonly redirectUris: readonly string[];
  /** The scopes that it registered for; null when it named none. */
  readonly scopes: readonly Scope[] | null;
  readonly createdAt: Date;
}

interface ClientRow {
  id: string;
  kind: "dynamic" | "operator";
  name: string;
  uri: string | null;
  redirect_uris: string[];
  scope: string | null;
  created_at: Date;
}

const asClient = (row: ClientRow): Client => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  uri: row.uri,
  redirectUris: row.redirect_uris,
  scopes: row.scope === null ? null : parseScopes(row.scope).known,
  createdAt: row.created_at,
});

export async function insertClient(handle: Handle, client: Client): Promise<void> {
  const redirectUris = JSON.stringify(client.redirectUris);
  const scope = client.scopes?.join(" ") ?? null;
  await sql`
    insert into oauth_clients (id, kind, name, uri, redirect_uris, scope, created_at)
    values (${client.id}, ${client.kind}, ${client.name}, ${client.uri}, ${redirectUris}::jsonb, ${scope}, ${client.createdAt})
  `.execute(handle);
}

/**
 * Deletes clients that registered by themselves before `before` and that nobody has linked: whose grants, if they ever
 * had any, are gone, too, and who wait for no code.
 */
export async function deleteUnlinkedClients(handle: Handle, before: Date): Promise<void> {
  await sql`
    delete from oauth_clients
    where kind = 'dynamic' and created_at < ${before}
      and not exists (select 1 from oauth_grants where client_id = oauth_clients.id)
      and not exists (select 1 from oauth_codes where client_id = oauth_clients.id)
  `.execute(handle);
}

/** The client of an id that anyone may have sent, or null. */
export async function findClient(handle: Handle, id: string): Promise<Client | null> {
  const { rows } = await sql<ClientRow>`select * from oauth_clients where id = ${id}`.execute(handle);
  return rows[0] === undefined ? null : asClient(rows[0]);
}
