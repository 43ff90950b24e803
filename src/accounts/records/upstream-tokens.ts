import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";

/*
 * A provider's tokens for one person: written at sign-in, renewed by one process at a time (it holds the lease), emptied
 * when they are dead. An empty row stays and says that the person should sign in there again; the next sign-in fills it.
 */

/** Tokens that are kept, still sealed. */
export interface KeptTokens {
  readonly id: string;
  /** Null once they are dead. */
  readonly sealed: Uint8Array | null;
  readonly expiresAt: Date;
  readonly issuer: string;
  /** The person's id at the provider. */
  readonly subject: string;
}

interface NewTokens {
  readonly id: string;
  readonly userId: string;
  readonly provider: string;
  readonly issuer: string;
  readonly subject: string;
  readonly sealed: Uint8Array;
  readonly refreshable: boolean;
  readonly expiresAt: Date;
  readonly now: Date;
}

/**
 * Writes the tokens of a sign-in over those of an earlier one. Tokens that cannot be renewed give way to those that
 * can, as long as these live and are the same person's.
 */
export async function saveTokens(db: Handle, row: NewTokens): Promise<void> {
  await sql`
    insert into upstream_tokens as kept
      (id, user_id, provider, issuer, subject, sealed, refreshable, expires_at, updated_at)
    values (${row.id}, ${row.userId}, ${row.provider}, ${row.issuer}, ${row.subject}, ${row.sealed},
      ${row.refreshable}, ${row.expiresAt}, ${row.now})
    on conflict (user_id, provider) do update
      set id = excluded.id, issuer = excluded.issuer, subject = excluded.subject, sealed = excluded.sealed,
        refreshable = excluded.refreshable, expires_at = excluded.expires_at, leased_until = null,
        updated_at = excluded.updated_at
      where excluded.refreshable or not kept.refreshable or kept.sealed is null
        or (kept.issuer, kept.subject) <> (excluded.issuer, excluded.subject)`.execute(db);
}

/** Tokens of one person for one provider, or null. */
export async function findTokens(db: Handle, userId: string, provider: string): Promise<KeptTokens | null> {
  const { rows } = await sql<KeptTokens>`
    select id, sealed, expires_at as "expiresAt", issuer, subject from upstream_tokens
    where user_id = ${userId} and provider = ${provider}`.execute(db);
  return rows[0] ?? null;
}

/** Takes the lease to renew tokens: of all who ask at once, in whatever process, one gets it. */
export async function leaseTokens(
  db: Handle,
  id: string,
  times: { readonly now: Date; readonly until: Date },
): Promise<boolean> {
  const { rows } = await sql`
    update upstream_tokens set leased_until = ${times.until}
    where id = ${id} and sealed is not null and (leased_until is null or leased_until <= ${times.now})
    returning id`.execute(db);
  return rows.length > 0;
}

/** Gives the lease back without new tokens. */
export async function releaseTokens(db: Handle, id: string): Promise<void> {
  await sql`update upstream_tokens set leased_until = null where id = ${id}`.execute(db);
}

interface Renewed {
  readonly id: string;
  /** The row's new id, to which the new tokens are sealed. */
  readonly newId: string;
  readonly sealed: Uint8Array;
  readonly refreshable: boolean;
  readonly expiresAt: Date;
  readonly now: Date;
}

/** Writes renewed tokens; a sign-in that came in between has newer ones, which stay. */
export async function renewTokens(db: Handle, row: Renewed): Promise<void> {
  await sql`
    update upstream_tokens set id = ${row.newId}, sealed = ${row.sealed}, refreshable = ${row.refreshable},
      expires_at = ${row.expiresAt}, leased_until = null, updated_at = ${row.now}
    where id = ${row.id}`.execute(db);
}

/** Deletes dead tokens, and keeps that they are wanted. */
export async function endTokens(db: Handle, id: string, now: Date): Promise<void> {
  await sql`
    update upstream_tokens set sealed = null, refreshable = false, leased_until = null, updated_at = ${now}
    where id = ${id}`.execute(db);
}

/** Keeps that tokens are wanted of a provider that has given none. */
export async function wantTokens(
  db: Handle,
  row: { readonly id: string; readonly userId: string; readonly provider: string; readonly now: Date },
): Promise<void> {
  await sql`
    insert into upstream_tokens (id, user_id, provider, issuer, subject, refreshable, expires_at, updated_at)
    select ${row.id}, id, ${row.provider}, '', '', false, ${row.now}, ${row.now} from users where id = ${row.userId}
    on conflict (user_id, provider) do nothing`.execute(db);
}

/** Those providers at which a person should sign in again. */
export async function wantedProviders(
  db: Handle,
  userId: string,
  providers: readonly { readonly id: string }[],
): Promise<readonly string[]> {
  const { rows } = await sql<{ provider: string }>`
    select provider from upstream_tokens where user_id = ${userId} and sealed is null order by provider`.execute(db);
  return rows.map(({ provider }) => provider).filter((wanted) => providers.some(({ id }) => id === wanted));
}

/** What is kept of a person's tokens, without the tokens. */
export async function listTokens(
  db: Handle,
  userId: string,
): Promise<readonly { readonly provider: string; readonly expiresAt: Date; readonly renewable: boolean }[]> {
  const { rows } = await sql<{ provider: string; expiresAt: Date; renewable: boolean }>`
    select provider, expires_at as "expiresAt", refreshable as renewable from upstream_tokens
    where user_id = ${userId} and sealed is not null order by provider`.execute(db);
  return rows;
}

/** Sweeps tokens that have ended and cannot be renewed. Whether they are wanted, the next call that needs them says. */
export async function deleteEndedTokens(db: Handle, now: Date): Promise<void> {
  await sql`
    delete from upstream_tokens where expires_at <= ${now} and not refreshable and sealed is not null`.execute(db);
}
