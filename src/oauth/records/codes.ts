import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import { after } from "../../kernel/clock.ts";
import type { Channel } from "../../kernel/principal.ts";
import { parseScopes, type Scope } from "../../kernel/scopes.ts";
import { asSwitches, selectSwitches, type AccountSwitches, type SwitchesRow } from "./admission.ts";
import type { Grant } from "./grants.ts";

/** What the person agreed to, waiting for the client to fetch its tokens. */
export interface AuthorizationCode {
  /** SHA-256 of the code; the code itself is never stored. */
  readonly hash: Buffer;
  /** The request that the person answered: each can be approved once. */
  readonly requestId: string;
  /** The grant that redeeming it makes. */
  readonly grantId: string;
  readonly userId: string;
  readonly clientId: string;
  readonly scopes: readonly Scope[];
  readonly resource: string;
  readonly redirectUri: string;
  /** PKCE, S256; null for a confidential client that goes without. */
  readonly challenge: string | null;
  /** The channel that the grant is made on; null when only its redirect address tells. */
  readonly channel: Channel | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** A used code is kept this long past its end, so that a replay is noticed. */
const KEPT_SECONDS = 24 * 3600;

/** Deletes codes whose time is long over. */
export async function deleteOldCodes(handle: Handle, now: Date): Promise<void> {
  await sql`delete from oauth_codes where expires_at < ${after(now, -KEPT_SECONDS)}`.execute(handle);
}

/**
 * Stores a code.
 * @returns false when the request was already approved.
 */
export async function insertCode(handle: Handle, code: AuthorizationCode): Promise<boolean> {
  const { rows } = await sql`
    insert into oauth_codes (code_hash, request_id, grant_id, user_id, client_id, scope, resource, redirect_uri, challenge,
      channel, created_at, expires_at)
    values (${code.hash}, ${code.requestId}, ${code.grantId}, ${code.userId}, ${code.clientId}, ${code.scopes.join(" ")},
      ${code.resource}, ${code.redirectUri}, ${code.challenge}, ${code.channel}, ${code.createdAt},
      ${code.expiresAt})
    on conflict (request_id) do nothing
    returning 1
  `.execute(handle);
  return rows.length === 1;
}

interface CodeRow {
  code_hash: Uint8Array;
  request_id: string;
  grant_id: string;
  user_id: string;
  client_id: string;
  scope: string;
  resource: string;
  redirect_uri: string;
  challenge: string | null;
  channel: Channel | null;
  created_at: Date;
  expires_at: Date;
}

const asCode = (row: CodeRow): AuthorizationCode => ({
  hash: Buffer.from(row.code_hash),
  requestId: row.request_id,
  grantId: row.grant_id,
  userId: row.user_id,
  clientId: row.client_id,
  scopes: parseScopes(row.scope).known,
  resource: row.resource,
  redirectUri: row.redirect_uri,
  challenge: row.challenge,
  channel: row.channel,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});

/** A code with what administrators said of its person. */
export interface FoundCode extends AuthorizationCode {
  readonly switches: AccountSwitches;
}

/** The code of a hash, whether it can still be redeemed or not, or null. */
export async function findCode(handle: Handle, hash: Buffer): Promise<FoundCode | null> {
  const { rows } = await sql<CodeRow & SwitchesRow>`
    select oauth_codes.*, ${selectSwitches("oauth_codes.user_id")} from oauth_codes where code_hash = ${hash}
  `.execute(handle);
  return rows[0] === undefined ? null : { ...asCode(rows[0]), switches: asSwitches(rows[0]) };
}

/**
 * Marks the code used and makes its grant, in one statement: of several exchanges at once, one gets the grant.
 * @returns null when the code was used before or its time is over.
 */
export async function redeemCode(
  handle: Handle,
  code: AuthorizationCode,
  channel: Channel,
  now: Date,
): Promise<Grant | null> {
  const { rows } = await sql<{ counter: number }>`
    with redeemed as (
      update oauth_codes set redeemed_at = ${now}
      where code_hash = ${code.hash} and redeemed_at is null and expires_at > ${now}
      returning *
    )
    insert into oauth_grants (id, user_id, client_id, scope, resource, redirect_uri, channel, created_at, last_used_at)
    select grant_id, user_id, client_id, scope, resource, redirect_uri, ${channel}::text, ${now}::timestamptz, ${now}::timestamptz
    from redeemed
    returning refresh_counter as counter
  `.execute(handle);
  if (rows[0] === undefined) return null;
  const { grantId: id, userId, clientId, scopes, resource, redirectUri } = code;
  const made = { channel, refreshCounter: rows[0].counter, createdAt: now, lastUsedAt: now };
  return { id, userId, clientId, scopes, resource, redirectUri, ...made, agreedScopes: null, firstCalledAt: null };
}

/** Ends the grant of a code that was redeemed before: one of the two who hold it is a thief (RFC 6749 §4.1.2). */
export async function revokeReplayed(handle: Handle, hash: Buffer, now: Date): Promise<void> {
  await sql`
    update oauth_grants set revoked_at = ${now}, revoked_reason = 'code_replay'
    from oauth_codes
    where code_hash = ${hash} and redeemed_at is not null and oauth_grants.id = grant_id and revoked_at is null
  `.execute(handle);
}
