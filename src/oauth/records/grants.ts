import { sql } from "kysely";
import type { Database, Handle } from "../../database/handle.ts";
import { after } from "../../kernel/clock.ts";
import type { Channel } from "../../kernel/principal.ts";
import { parseScopes, type Scope } from "../../kernel/scopes.ts";
import type { RefreshClaims } from "../refresh-token.ts";
import { asSwitches, selectSwitches, type AccountSwitches, type SwitchesRow } from "./admission.ts";
import type { ClientKind } from "./clients.ts";

/**
 * What one person lets one client do. The row is the whole family of its refresh tokens: it keeps only the counter of the
 * newest. A person may hold several grants for one client, since every machine of a host can share one client id.
 */
export interface Grant {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  readonly scopes: readonly Scope[];
  /** Canonical resource that tokens are for. */
  readonly resource: string;
  readonly redirectUri: string;
  readonly channel: Channel;
  readonly refreshCounter: number;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  /** What the person agreed to at first, where they took some of it back since. */
  readonly agreedScopes: readonly Scope[] | null;
  /** Null until the first call came in. */
  readonly firstCalledAt: Date | null;
}

/** A grant with what is known of its client, as the person sees it. */
export interface NamedGrant extends Grant {
  readonly clientName: string;
  readonly clientKind: ClientKind;
  /** True when the name is more than the client's own word: an operator gave it, or the document at its address. */
  readonly clientVerified: boolean;
}

/** A grant that stands, and what administrators said of its client, its person and the channels. */
export interface LiveGrant extends NamedGrant {
  readonly clientCutOff: boolean;
  /** The channel that the operator gave its client, or null. */
  readonly clientChannel: Channel | null;
  readonly switches: AccountSwitches;
}

interface GrantRow {
  id: string;
  user_id: string;
  client_id: string;
  scope: string;
  resource: string;
  redirect_uri: string;
  channel: Channel;
  refresh_counter: number;
  created_at: Date;
  last_used_at: Date;
  revoked_at: Date | null;
  agreed_scope: string | null;
  first_called_at: Date | null;
}

export interface NamedGrantRow extends GrantRow {
  client_name: string;
  client_kind: ClientKind;
  client_verified: boolean;
}

interface LiveGrantRow extends NamedGrantRow, SwitchesRow {
  client_cut_off: boolean;
  client_channel: Channel | null;
}

/** A grant that nobody used for this long has ended. */
export const UNUSED_SECONDS = 30 * 24 * 3600;
/** A use is written down at most this often. */
const TOUCH_SECONDS = 60;
/** How long the token before the newest still gets the newest again: hosts refresh from several machines at once. */
const OVERLAP_SECONDS = 30;

export const unusedSince = (now: Date): Date => after(now, -UNUSED_SECONDS);

const asGrant = (row: GrantRow): Grant => ({
  id: row.id,
  userId: row.user_id,
  clientId: row.client_id,
  scopes: parseScopes(row.scope).known,
  resource: row.resource,
  redirectUri: row.redirect_uri,
  channel: row.channel,
  refreshCounter: row.refresh_counter,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
  agreedScopes: row.agreed_scope === null ? null : parseScopes(row.agreed_scope).known,
  firstCalledAt: row.first_called_at,
});

export const asNamedGrant = (row: NamedGrantRow): NamedGrant => ({
  ...asGrant(row),
  clientName: row.client_name,
  clientKind: row.client_kind,
  clientVerified: row.client_verified,
});

/** What is selected of a grant and its client: columns by name, since a statement with them is kept ({@link Database.ask}). */
export const namedGrant = sql`
  oauth_grants.id, user_id, client_id, oauth_grants.scope, resource, redirect_uri, oauth_grants.channel, refresh_counter,
  oauth_grants.created_at, last_used_at, revoked_at, agreed_scope, first_called_at, oauth_clients.name as client_name, oauth_clients.kind as client_kind,
  (oauth_clients.kind in ('preset', 'operator') or oauth_clients.document_fetched_at is not null) as client_verified`;

const asLiveGrant = (row: LiveGrantRow): LiveGrant => ({
  ...asNamedGrant(row),
  clientCutOff: row.client_cut_off,
  clientChannel: row.client_channel,
  switches: asSwitches(row),
});

const liveGrants = (ids: readonly string[], now: Date) => sql<LiveGrantRow>`
  select ${namedGrant}, oauth_clients.disabled_at is not null as client_cut_off,
    oauth_clients.channel as client_channel, ${selectSwitches("oauth_grants.user_id")}
  from oauth_grants
  join oauth_clients on oauth_clients.id = client_id
  where oauth_grants.id = any(${`{${ids.join(",")}}`}::uuid[]) and revoked_at is null and last_used_at > ${unusedSince(now)}`;

/**
 * The grant if it is neither revoked nor unused for too long, or null. Everything that can stop its next call comes with
 * it, in the one statement that each call asks.
 */
export async function findLiveGrant(handle: Handle, id: string, now: Date): Promise<LiveGrant | null> {
  const [row] = (await liveGrants([id], now).execute(handle)).rows;
  return row === undefined ? null : asLiveGrant(row);
}

/** The same of several grants, by their ids: what each call of an assistant asks. */
export async function findLiveGrants(
  { ask }: Pick<Database, "ask">,
  ids: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, LiveGrant>> {
  const rows = await ask("live_grants", liveGrants(ids, now));
  return new Map(rows.map((row) => [row.id, asLiveGrant(row)]));
}

/** A live grant with what administrators said of its person. */
export interface HeldGrant extends Grant {
  readonly switches: AccountSwitches;
}

/** The same for a refresh, which has proven the grant's client already: nothing is read of that. */
export async function findHeldGrant(handle: Handle, id: string, now: Date): Promise<HeldGrant | null> {
  const { rows } = await sql<GrantRow & SwitchesRow>`
    select oauth_grants.*, ${selectSwitches("oauth_grants.user_id")} from oauth_grants
    where id = ${id} and revoked_at is null and last_used_at > ${unusedSince(now)}
  `.execute(handle);
  return rows[0] === undefined ? null : { ...asGrant(rows[0]), switches: asSwitches(rows[0]) };
}

/** One grant of a person, ended or not, or null. */
export async function findGrantOf(handle: Handle, userId: string, id: string): Promise<NamedGrant | null> {
  const { rows } = await sql<NamedGrantRow>`
    select ${namedGrant}
    from oauth_grants join oauth_clients on oauth_clients.id = client_id
    where user_id = ${userId} and oauth_grants.id = ${id}
  `.execute(handle);
  return rows[0] === undefined ? null : asNamedGrant(rows[0]);
}

/** A person's live grants, newest first. */
export async function listLiveGrants(handle: Handle, userId: string, now: Date): Promise<NamedGrant[]> {
  const { rows } = await sql<NamedGrantRow>`
    select ${namedGrant}
    from oauth_grants join oauth_clients on oauth_clients.id = client_id
    where user_id = ${userId} and revoked_at is null and last_used_at > ${unusedSince(now)}
    order by oauth_grants.created_at desc, oauth_grants.id desc
  `.execute(handle);
  return rows.map(asNamedGrant);
}

/** All grants of a person, ended ones too, newest first. */
export async function listAllGrants(
  handle: Handle,
  userId: string,
): Promise<(NamedGrant & { readonly revokedAt: Date | null })[]> {
  const { rows } = await sql<NamedGrantRow>`
    select ${namedGrant}
    from oauth_grants join oauth_clients on oauth_clients.id = client_id
    where user_id = ${userId} order by oauth_grants.id desc
  `.execute(handle);
  return rows.map((row) => ({ ...asNamedGrant(row), revokedAt: row.revoked_at }));
}

/**
 * Writes down a use, unless one was written down within the last minute.
 * @returns true for the first call of the grant: of several at once, for one.
 */
export async function touchGrant(handle: Handle, grant: Grant, now: Date): Promise<boolean> {
  const stale = after(now, -TOUCH_SECONDS);
  if (grant.firstCalledAt !== null) {
    if (grant.lastUsedAt <= stale)
      await sql`update oauth_grants set last_used_at = ${now} where id = ${grant.id} and last_used_at < ${stale}`.execute(
        handle,
      );
    return false;
  }
  const { rows } = await sql`
    update oauth_grants set last_used_at = ${now}, first_called_at = ${now}
    where id = ${grant.id} and first_called_at is null
    returning 1
  `.execute(handle);
  return rows.length === 1;
}

/**
 * Takes back some of what a live grant lets its client do.
 * @param before the scopes that the decision was made on: where they have changed meanwhile, nothing happens.
 * @returns false when there is no such grant any more.
 */
export async function narrowGrant(
  handle: Handle,
  { id, userId }: Pick<Grant, "id" | "userId">,
  before: readonly Scope[],
  scopes: readonly Scope[],
): Promise<boolean> {
  const { rows } = await sql`
    update oauth_grants set agreed_scope = coalesce(agreed_scope, scope), scope = ${scopes.join(" ")}
    where id = ${id} and user_id = ${userId} and revoked_at is null and scope = ${before.join(" ")}
    returning 1
  `.execute(handle);
  return rows.length === 1;
}

/** The newest token, and the one before it within the overlap. */
const stillTaken = (counter: number, now: Date) => sql`(
  refresh_counter = ${counter}::int or
  (refresh_counter = ${counter}::int + 1 and refresh_rotated_at > ${after(now, -OVERLAP_SECONDS)}::timestamptz)
)`;

/** Whether a refresh would still take this token of a live grant. Asking does not use it. */
export async function isStillTaken(handle: Handle, { grantId, counter }: RefreshClaims, now: Date): Promise<boolean> {
  const { rows } = await sql`
    select 1 from oauth_grants where id = ${grantId} and ${stillTaken(counter, now)}
  `.execute(handle);
  return rows.length === 1;
}

/**
 * Uses a refresh token, in one statement, so that any number of processes agree. The newest token rotates the family.
 * The one before it, within the overlap, gets the same next token again: its answer was lost, or two machines asked at
 * once. Anything older was used before, so one of its holders is a thief, and the grant ends (RFC 9700 §4.14.2).
 * @param held the grant as it was found just before. @param counter of the token that was handed in.
 * @returns the grant, whose counter is that of the token to hand out; `"reuse"` when it was ended just now; null when
 * it is not live any more, or never gave out such a token.
 */
export async function refreshGrant(
  handle: Handle,
  held: Grant,
  counter: number,
  now: Date,
): Promise<Grant | "reuse" | null> {
  const newest = sql`refresh_counter = ${counter}::int`;
  const fresh = stillTaken(counter, now);
  const { rows } = await sql<{ counter: number; live: boolean; scope: string }>`
    update oauth_grants set
      last_used_at = ${now}::timestamptz,
      refresh_rotated_at = case when ${newest} then ${now}::timestamptz else refresh_rotated_at end,
      refresh_counter = case when ${newest} then refresh_counter + 1 else refresh_counter end,
      revoked_at = case when ${fresh} then null else ${now}::timestamptz end,
      revoked_reason = case when ${fresh} then null else 'refresh_reuse' end
    where id = ${held.id} and revoked_at is null
      and last_used_at > ${unusedSince(now)} and refresh_counter >= ${counter}::int
    returning refresh_counter as counter, revoked_at is null as live, scope
  `.execute(handle);
  const [row] = rows;
  if (row === undefined) return null;
  if (!row.live) return "reuse";
  return { ...held, scopes: parseScopes(row.scope).known, refreshCounter: row.counter, lastUsedAt: now };
}

/** Whoever ends a link means to end it: a code that still waits must not make it anew. */
const withoutWaitingCodes = sql`
  waiting as (
    delete from oauth_codes using ended
    where oauth_codes.user_id = ended.user_id and oauth_codes.client_id = ended.client_id and redeemed_at is null
  )`;

/**
 * Ends a grant of this person, and every code of theirs that this client has not redeemed.
 * @returns false when there is no live grant with this id.
 */
export async function revokeByPerson(handle: Handle, userId: string, id: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    with ended as (
      update oauth_grants set revoked_at = ${now}, revoked_reason = 'person'
      where id = ${id} and user_id = ${userId} and revoked_at is null and last_used_at > ${unusedSince(now)}
      returning user_id, client_id
    ), ${withoutWaitingCodes}
    select 1 from ended
  `.execute(handle);
  return rows.length === 1;
}

/**
 * Ends every grant of this person, and every code of theirs that nobody has redeemed. The codes go first: a redemption that
 * is under way is waited for, and the grant that it makes is there when grants are ended.
 * @returns how many were live.
 */
export async function revokeAllByPerson(handle: Handle, userId: string, now: Date): Promise<number> {
  await sql`delete from oauth_codes where user_id = ${userId} and redeemed_at is null`.execute(handle);
  const { rows } = await sql`
    update oauth_grants set revoked_at = ${now}, revoked_reason = 'person'
    where user_id = ${userId} and revoked_at is null and last_used_at > ${unusedSince(now)}
    returning 1
  `.execute(handle);
  return rows.length;
}

/** Ends a grant at the wish of its own client, and its waiting codes. A grant that has ended stays as it is. */
export async function revokeByClient(handle: Handle, clientId: string, id: string, now: Date): Promise<void> {
  await sql`
    with ended as (
      update oauth_grants set revoked_at = ${now}, revoked_reason = 'client'
      where id = ${id} and client_id = ${clientId} and revoked_at is null
      returning user_id, client_id
    ), ${withoutWaitingCodes}
    select 1 from ended
  `.execute(handle);
}

/** Deletes grants that ended, or were last used, before `before`. */
export async function deleteOldGrants(handle: Handle, before: Date): Promise<void> {
  await sql`delete from oauth_grants where coalesce(revoked_at, last_used_at) < ${before}`.execute(handle);
}
