import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";

/*
 * A browser session: made at sign-in, slid while it is used, revoked at sign-out, deleted once it could no longer be
 * used. Only the hash of its id is kept, so nothing in the database opens a session.
 */

interface NewSession {
  readonly idHash: Uint8Array;
  readonly userId: string;
  readonly now: Date;
  readonly expiresAt: Date;
}

export async function insertSession(db: Handle, session: NewSession): Promise<void> {
  await sql`
    insert into sessions (id_hash, user_id, created_at, last_seen_at, expires_at)
    values (${session.idHash}, ${session.userId}, ${session.now}, ${session.now}, ${session.expiresAt})`.execute(db);
}

/** Whose live session it is, and when its sign-in was; or null. */
export async function findSession(
  db: Handle,
  idHash: Uint8Array,
  now: Date,
): Promise<{ readonly userId: string; readonly createdAt: Date } | null> {
  const { rows } = await sql<{ userId: string; createdAt: Date }>`
    select user_id as "userId", created_at as "createdAt" from sessions
    where id_hash = ${idHash} and revoked_at is null and expires_at > ${now}`.execute(db);
  return rows[0] ?? null;
}

/** Keeps a live session of a user from ending before the transaction does. @returns false when it has ended, or is none. */
export async function lockSession(db: Handle, idHash: Uint8Array, userId: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    select from sessions
    where id_hash = ${idHash} and user_id = ${userId} and revoked_at is null and expires_at > ${now}
    for share`.execute(db);
  return rows.length > 0;
}

/**
 * Prolongs a live session that was last seen before `seenBefore`.
 * @returns whether it did.
 */
export async function slideSession(
  db: Handle,
  idHash: Uint8Array,
  times: { readonly now: Date; readonly seenBefore: Date; readonly expiresAt: Date },
): Promise<boolean> {
  const { rows } = await sql`
    update sessions set last_seen_at = ${times.now}, expires_at = ${times.expiresAt}
    where id_hash = ${idHash} and revoked_at is null and expires_at > ${times.now} and last_seen_at <= ${times.seenBefore}
    returning id_hash`.execute(db);
  return rows.length > 0;
}

export async function revokeSession(db: Handle, idHash: Uint8Array, now: Date): Promise<void> {
  await sql`update sessions set revoked_at = ${now} where id_hash = ${idHash} and revoked_at is null`.execute(db);
}

/** Ends every session of a user, but the one with this hash. */
export async function revokeSessionsOf(db: Handle, userId: string, now: Date, kept?: Uint8Array): Promise<void> {
  await sql`
    update sessions set revoked_at = ${now}
    where user_id = ${userId} and revoked_at is null and id_hash is distinct from ${kept ?? null}::bytea`.execute(db);
}

/** When a user's browsers signed in and were last seen, newest first. */
export async function listSessions(
  db: Handle,
  userId: string,
): Promise<readonly { readonly createdAt: Date; readonly lastSeenAt: Date }[]> {
  const { rows } = await sql<{ createdAt: Date; lastSeenAt: Date }>`
    select created_at as "createdAt", last_seen_at as "lastSeenAt" from sessions
    where user_id = ${userId} and revoked_at is null order by created_at desc`.execute(db);
  return rows;
}

/** Sweeps sessions that ended by themselves. */
export async function deleteEndedSessions(db: Handle, now: Date): Promise<void> {
  await sql`delete from sessions where expires_at <= ${now}`.execute(db);
}
