import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import type { PausedBy } from "../../kernel/principal.ts";

/*
 * Who is paused, and by whom: the person themselves, or whoever runs the server. No row means that nobody has; each call
 * asks for it beside all else that may stop it. Either of the two lifts only their own.
 */

/** Since when a person is paused by each; null where they are not. */
export type Pauses = Readonly<Record<PausedBy, Date | null>>;

/** The pauses of a person. */
export async function findPauses(handle: Handle, userId: string): Promise<Pauses> {
  const { rows } = await sql<{ by: PausedBy; at: Date }>`
    select paused_by as by, paused_at as at from oauth_paused_users where user_id = ${userId}
  `.execute(handle);
  const since = (who: PausedBy): Date | null => rows.find(({ by }) => by === who)?.at ?? null;
  return { person: since("person"), operator: since("operator") };
}

/** Which of these people the operator has paused, and since when. */
export async function listOperatorPauses(
  handle: Handle,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, Date>> {
  const { rows } = await sql<{ userId: string; at: Date }>`
    select user_id as "userId", paused_at as at from oauth_paused_users
    where paused_by = 'operator' and user_id = any(${[...userIds]}::uuid[])
  `.execute(handle);
  return new Map(rows.map(({ userId, at }) => [userId, at]));
}

/** Pauses everything. Where it is paused by the same already, it stands since then. @returns false for such a one. */
export async function pauseUser(handle: Handle, userId: string, by: PausedBy, now: Date): Promise<boolean> {
  const { rows } = await sql`
    insert into oauth_paused_users (user_id, paused_by, paused_at) values (${userId}, ${by}, ${now})
    on conflict (user_id, paused_by) do nothing returning 1
  `.execute(handle);
  return rows.length === 1;
}

/** Takes a pause back; that of the other stays. @returns false when there was none. */
export async function resumeUser(handle: Handle, userId: string, by: PausedBy): Promise<boolean> {
  const { rows } = await sql`
    delete from oauth_paused_users where user_id = ${userId} and paused_by = ${by} returning 1
  `.execute(handle);
  return rows.length === 1;
}
