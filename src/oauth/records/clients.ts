import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import { allChannels, type Channel } from "../../kernel/principal.ts";
import { parseScopes, type Scope } from "../../kernel/scopes.ts";

/** How a client proves at a direct endpoint that it is the one it names (RFC 8414 §2, RFC 7523 §2.2). */
export const clientAuthMethods = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"] as const;
export type ClientAuthMethod = (typeof clientAuthMethods)[number];

export const isClientAuthMethod = (name: string): name is ClientAuthMethod =>
  clientAuthMethods.some((method) => method === name);

/** The two places of a secret in a request; whoever may use one may use the other. */
export const secretMethods: readonly ClientAuthMethod[] = ["client_secret_basic", "client_secret_post"];
export const isSecretMethod = (method: ClientAuthMethod): boolean => secretMethods.includes(method);

/** Public keys of a client (RFC 7517 §5); each was checked to be one. */
export interface KeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Who made a client: the client itself by registering (RFC 7591), the document that its id is the address of, the
 * settings, or an operator by command.
 */
export type ClientKind = "dynamic" | "document" | "preset" | "operator";

/** A program that may ask people to link their account. */
export interface Client {
  readonly id: string;
  readonly kind: ClientKind;
  /** Its own word for itself, cleaned for display and never proof of anything. */
  readonly name: string;
  /** Its home page, https, or null. */
  readonly uri: string | null;
  readonly redirectUris: readonly string[];
  /** The scopes that it registered for; null when it named none. */
  readonly scopes: readonly Scope[] | null;
  /** `none` for a public client, which proves itself by nothing but what it holds (RFC 6749 §2.1). */
  readonly authMethod: ClientAuthMethod;
  /** Every method that it may use: `none` beside another one makes it a public client all the same. */
  readonly authMethods: readonly ClientAuthMethod[];
  readonly jwks: KeySet | null;
  readonly jwksUri: string | null;
  /** Whether it may do without PKCE: for confidential clients of an operator alone. */
  readonly pkceOptional: boolean;
  /** The channel that its grants belong to; null when the redirect address tells. */
  readonly channel: Channel | null;
  /** The company's own service: it may hold `privy:token:exchange`. */
  readonly internal: boolean;
  /** Since when an operator has switched it off. */
  readonly disabledAt: Date | null;
  readonly createdAt: Date;
}

export interface ClientRow {
  id: string;
  kind: ClientKind;
  name: string;
  uri: string | null;
  redirect_uris: string[];
  scope: string | null;
  auth_methods: string[];
  jwks: KeySet | null;
  jwks_uri: string | null;
  pkce_optional: boolean;
  channel: string | null;
  internal: boolean;
  disabled_at: Date | null;
  created_at: Date;
}

/** The one that says most of a client's trust: a client that may come with nothing proves nothing. */
export const authMethodOf = (methods: readonly ClientAuthMethod[]): ClientAuthMethod =>
  methods.includes("none") ? "none" : (methods[0] ?? "none");

export const asClient = (row: ClientRow): Client => {
  const authMethods = row.auth_methods.filter(isClientAuthMethod);
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    uri: row.uri,
    redirectUris: row.redirect_uris,
    scopes: row.scope === null ? null : parseScopes(row.scope).known,
    authMethod: authMethodOf(authMethods),
    authMethods,
    jwks: row.jwks,
    jwksUri: row.jwks_uri,
    pkceOptional: row.pkce_optional,
    channel: allChannels.find((channel) => channel === row.channel) ?? null,
    internal: row.internal,
    disabledAt: row.disabled_at,
    createdAt: row.created_at,
  };
};

const json = (value: unknown): string => JSON.stringify(value);

/** Stores a new client. @returns false when its id is taken. */
export async function insertClient(handle: Handle, client: Client): Promise<boolean> {
  const { rows } = await sql`
    insert into oauth_clients (id, kind, name, uri, redirect_uris, scope, auth_methods, jwks, jwks_uri, pkce_optional,
      channel, internal, created_at)
    values (${client.id}, ${client.kind}, ${client.name}, ${client.uri}, ${json(client.redirectUris)}::jsonb,
      ${client.scopes?.join(" ") ?? null}, ${json(client.authMethods)}::jsonb,
      ${client.jwks === null ? null : json(client.jwks)}::jsonb, ${client.jwksUri}, ${client.pkceOptional},
      ${client.channel}, ${client.internal}, ${client.createdAt})
    on conflict (id) do nothing
    returning 1
  `.execute(handle);
  return rows.length === 1;
}

/**
 * Stores a client of the settings, or brings it up to date. Addresses that an operator added to it stay, and so does its
 * being switched off. One that an operator made stays whole: a setting that names it must not take its secret away.
 */
export async function upsertPreset(handle: Handle, client: Client): Promise<void> {
  await sql`
    insert into oauth_clients (id, kind, name, redirect_uris, channel, created_at)
    values (${client.id}, 'preset', ${client.name}, ${json(client.redirectUris)}::jsonb, ${client.channel}, ${client.createdAt})
    on conflict (id) do update set kind = 'preset', name = excluded.name, channel = excluded.channel,
      auth_methods = excluded.auth_methods,
      redirect_uris = (
        select jsonb_agg(distinct address)
        from jsonb_array_elements(oauth_clients.redirect_uris || excluded.redirect_uris) as both_lists (address)
      )
    where oauth_clients.kind <> 'operator'
  `.execute(handle);
}

/**
 * Deletes clients that came by themselves before `before` and that nobody has linked: whose grants, if they ever had
 * any, are gone, too, and who wait for no code. One that is switched off stays, so that it cannot come back as new.
 */
export async function deleteUnlinkedClients(handle: Handle, before: Date): Promise<void> {
  await sql`
    delete from oauth_clients
    where kind in ('dynamic', 'document') and created_at < ${before} and disabled_at is null
      and not exists (select 1 from oauth_grants where client_id = oauth_clients.id)
      and not exists (select 1 from oauth_codes where client_id = oauth_clients.id)
  `.execute(handle);
}

/** The client of an id that anyone may have sent, or null. */
export async function findStoredClient(handle: Handle, id: string): Promise<Client | null> {
  const { rows } = await sql<ClientRow>`select * from oauth_clients where id = ${id}`.execute(handle);
  return rows[0] === undefined ? null : asClient(rows[0]);
}

/** Adds an address to a client, once. */
export async function addRedirectUri(handle: Handle, id: string, uri: string): Promise<void> {
  await sql`
    update oauth_clients set redirect_uris = redirect_uris || to_jsonb(${uri}::text)
    where id = ${id} and not redirect_uris @> to_jsonb(${uri}::text)
  `.execute(handle);
}

/** Takes an address away from a client: links that were made through it end with their access token. */
export async function removeRedirectUri(handle: Handle, id: string, uri: string): Promise<void> {
  await sql`update oauth_clients set redirect_uris = redirect_uris - ${uri}::text where id = ${id}`.execute(handle);
}
