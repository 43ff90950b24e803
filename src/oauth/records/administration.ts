import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import type { ClientKind } from "./clients.ts";
import { asNamedGrant, namedGrant, type NamedGrant, type NamedGrantRow, unusedSince } from "./grants.ts";

/*
 * The tables of links as an administrator sees them: everybody's. A client that is cut off keeps its row and its links,
 * so that it can be restored; one that is deleted takes its links with it.
 */

/** Which links to read. */
export interface LinkQuery {
  /** Part of the client's name or id, or of where it answers; or a link of these people. */
  readonly words?: string | undefined;
  readonly people?: readonly string[] | undefined;
  readonly userId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly channel?: string | undefined;
  readonly limit: number;
  /** The id of the last one read. */
  readonly before?: string | undefined;
}

const matching = (words: string | undefined): string | null => words?.trim().toLowerCase() || null;

/** Everybody's live links, newest first. */
export async function listLinks(handle: Handle, query: LinkQuery, now: Date): Promise<NamedGrant[]> {
  const words = matching(query.words);
  const { rows } = await sql<NamedGrantRow>`
    select ${namedGrant}
    from oauth_grants join oauth_clients on oauth_clients.id = client_id
    where revoked_at is null and last_used_at > ${unusedSince(now)}
      and (${query.userId ?? null}::uuid is null or user_id = ${query.userId ?? null}::uuid)
      and (${query.clientId ?? null}::text is null or client_id = ${query.clientId ?? null}::text)
      and (${query.channel ?? null}::text is null or oauth_grants.channel = ${query.channel ?? null}::text)
      and (${query.before ?? null}::uuid is null or oauth_grants.id < ${query.before ?? null}::uuid)
      and (${words}::text is null or user_id = any(${[...(query.people ?? [])]}::uuid[])
        or position(${words}::text in lower(concat_ws(' ', oauth_clients.name, client_id, redirect_uri, oauth_grants.id::text))) > 0)
    order by oauth_grants.id desc limit ${query.limit}
  `.execute(handle);
  return rows.map(asNamedGrant);
}

/** A client, and how many links it has. */
export interface ListedClient {
  readonly id: string;
  readonly kind: ClientKind;
  readonly name: string;
  readonly uri: string | null;
  readonly redirectUris: readonly string[];
  readonly links: number;
  readonly disabledAt: Date | null;
  readonly createdAt: Date;
}

/** Which clients to read. */
export interface ClientQuery {
  readonly words?: string | undefined;
  readonly limit: number;
  readonly before?: string | undefined;
}

/** Clients, newest first. */
export async function listClients(handle: Handle, query: ClientQuery, now: Date): Promise<readonly ListedClient[]> {
  const words = matching(query.words);
  const { rows } = await sql<ListedClient>`
    select id, kind, name, uri, redirect_uris as "redirectUris", disabled_at as "disabledAt", created_at as "createdAt", (
      select count(*)::int from oauth_grants
      where client_id = oauth_clients.id and revoked_at is null and last_used_at > ${unusedSince(now)}
    ) as links
    from oauth_clients
    where (${words}::text is null
        or position(${words}::text in lower(concat_ws(' ', name, id, uri, redirect_uris::text))) > 0)
      and (${query.before ?? null}::text is null
        or (created_at, id) < (select created_at, id from oauth_clients where id = ${query.before ?? null}::text))
    order by created_at desc, id desc limit ${query.limit}
  `.execute(handle);
  return rows;
}

/** Cuts a client off, or with null takes that back. @returns false when there is no such client. */
export async function disableClient(handle: Handle, id: string, at: Date | null): Promise<boolean> {
  const { rows } = await sql`
    update oauth_clients set disabled_at = case when ${at}::timestamptz is null then null else coalesce(disabled_at, ${at}::timestamptz) end
    where id = ${id} returning 1
  `.execute(handle);
  return rows.length === 1;
}

/** Deletes a client with its links and codes. @returns how many live links it had; null when there is no such client. */
export async function deleteClient(handle: Handle, id: string, now: Date): Promise<number | null> {
  const { rows } = await sql<{ links: number }>`
    with links as (
      select count(*)::int as links from oauth_grants
      where client_id = ${id} and revoked_at is null and last_used_at > ${unusedSince(now)}
    ), deleted as (
      delete from oauth_clients where id = ${id} returning 1
    )
    select links from links, deleted
  `.execute(handle);
  return rows[0]?.links ?? null;
}

/** Ends anybody's link. @returns false when there is no live one with this id. */
export async function revokeByAdmin(handle: Handle, id: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    with ended as (
      update oauth_grants set revoked_at = ${now}, revoked_reason = 'admin'
      where id = ${id} and revoked_at is null and last_used_at > ${unusedSince(now)}
      returning user_id, client_id
    ), waiting as (
      delete from oauth_codes using ended
      where oauth_codes.user_id = ended.user_id and oauth_codes.client_id = ended.client_id and redeemed_at is null
    )
    select 1 from ended
  `.execute(handle);
  return rows.length === 1;
}

/** How many live links each of these people has; who has none is left out. */
export async function countLinks(
  handle: Handle,
  userIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ userId: string; links: number }>`
    select user_id as "userId", count(*)::int as links from oauth_grants
    where user_id = any(${[...userIds]}::uuid[]) and revoked_at is null and last_used_at > ${unusedSince(now)}
    group by user_id
  `.execute(handle);
  return new Map(rows.map(({ userId, links }) => [userId, links]));
}
