import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";

/* Who has paused everything. No row means that they have not; each call asks for it beside all else that may stop it. */

/** Since when a person has paused everything; null when they have not. */
export async function findPausedAt(handle: Handle, userId: string): Promise<Date | null> {
  const { rows } = await sql<{ at: Date }>`
    select paused_at as at from oauth_paused_users where user_id = ${userId}
  `.execute(handle);
  return rows[0]?.at ?? null;
}

/** Pauses everything. Whoever has paused already has done so since then. @returns false for such a one. */
export async function pauseUser(handle: Handle, userId: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    insert into oauth_paused_users (user_id, paused_at) values (${userId}, ${now})
    on conflict (user_id) do nothing returning 1
  `.execute(handle);
  return rows.length === 1;
}

/** Lets everything go on. @returns false when nothing was paused. */
export async function resumeUser(handle: Handle, userId: string): Promise<boolean> {
  const { rows } = await sql`delete from oauth_paused_users where user_id = ${userId} returning 1`.execute(handle);
  return rows.length === 1;
}
