import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import { after } from "../../kernel/clock.ts";
import { parseScopes, type Scope } from "../../kernel/scopes.ts";
import type { ServiceChannel } from "../service-channel.ts";

/*
 * A session of one of our own surfaces for one person: it opens, its short tokens are made anew while it lasts, and it
 * ends; its tokens end with it.
 */

export interface ServiceSession {
  readonly id: string;
  readonly userId: string;
  readonly channel: ServiceChannel;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  /** When its newest token was made. */
  readonly renewedAt: Date;
}

interface SessionRow {
  id: string;
  user_id: string;
  channel: ServiceChannel;
  scope: string;
  created_at: Date;
  renewed_at: Date;
  ended_at: Date | null;
}

/** A session ends by itself after this long, however often its token was made anew. */
const LONGEST_SECONDS = 24 * 3600;

const asSession = (row: SessionRow): ServiceSession => ({
  id: row.id,
  userId: row.user_id,
  channel: row.channel,
  scopes: parseScopes(row.scope).known,
  createdAt: row.created_at,
  renewedAt: row.renewed_at,
});

const live = (id: string, now: Date) =>
  sql`id = ${id} and ended_at is null and created_at > ${after(now, -LONGEST_SECONDS)}`;

export async function insertServiceSession(handle: Handle, session: ServiceSession): Promise<void> {
  await sql`
    insert into oauth_service_sessions (id, user_id, channel, scope, created_at, renewed_at)
    values (${session.id}, ${session.userId}, ${session.channel}, ${session.scopes.join(" ")}, ${session.createdAt},
      ${session.renewedAt})
  `.execute(handle);
}

/** The session if it has not ended, or null. */
export async function findServiceSession(handle: Handle, id: string, now: Date): Promise<ServiceSession | null> {
  const { rows } = await sql<SessionRow>`select * from oauth_service_sessions where ${live(id, now)}`.execute(handle);
  return rows[0] === undefined ? null : asSession(rows[0]);
}

/** Writes down that a new token is made. @returns the session, or null when it has ended. */
export async function renewServiceSession(handle: Handle, id: string, now: Date): Promise<ServiceSession | null> {
  const { rows } = await sql<SessionRow>`
    update oauth_service_sessions set renewed_at = ${now} where ${live(id, now)} returning *
  `.execute(handle);
  return rows[0] === undefined ? null : asSession(rows[0]);
}

/** @returns false when there is no such session, or it has ended before. */
export async function endServiceSession(handle: Handle, id: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    update oauth_service_sessions set ended_at = ${now} where ${live(id, now)} returning 1
  `.execute(handle);
  return rows.length === 1;
}

/** Ends every session of a person. */
export async function endServiceSessionsOf(handle: Handle, userId: string, now: Date): Promise<void> {
  await sql`
    update oauth_service_sessions set ended_at = ${now} where user_id = ${userId} and ended_at is null
  `.execute(handle);
}

/** Every session of a person that is kept, newest first. */
export async function listServiceSessions(
  handle: Handle,
  userId: string,
): Promise<(ServiceSession & { readonly endedAt: Date | null })[]> {
  const { rows } = await sql<SessionRow>`
    select * from oauth_service_sessions where user_id = ${userId} order by id desc
  `.execute(handle);
  return rows.map((row) => ({ ...asSession(row), endedAt: row.ended_at }));
}

/** Deletes sessions that began before `before`. */
export async function deleteOldServiceSessions(handle: Handle, before: Date): Promise<void> {
  await sql`delete from oauth_service_sessions where created_at < ${before}`.execute(handle);
}
