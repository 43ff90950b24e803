import { type RawBuilder, sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import type { PausedBy } from "../../kernel/principal.ts";

/*
 * Who is paused, and by whom: the person themselves, or whoever runs the server. Each has a table, since each lifts only
 * their own. No row means that nobody has; each call asks for it beside all else that may stop it.
 */

const tables = {
  person: sql.table("oauth_paused_users"),
  operator: sql.table("oauth_operator_pauses"),
} as const;

/** Who has paused a person: the operator where both have, since only they can lift what then still stands; else null. */
export const selectPausedBy = (userId: RawBuilder<unknown>) => sql<PausedBy | null>`
  case
    when exists (select 1 from ${tables.operator} where user_id = ${userId}) then 'operator'
    when exists (select 1 from ${tables.person} where user_id = ${userId}) then 'person'
  end`;

/** Who has paused a person; false when nobody has. */
export async function findPausedBy(handle: Handle, userId: string): Promise<PausedBy | false> {
  const { rows } = await sql<{ by: PausedBy | null }>`
    select ${selectPausedBy(sql`${userId}::uuid`)} as by
  `.execute(handle);
  return rows[0]?.by ?? false;
}

/** Since when a person is paused by each; null where they are not. */
export type Pauses = Readonly<Record<PausedBy, Date | null>>;

/** The pauses of a person. */
export async function findPauses(handle: Handle, userId: string): Promise<Pauses> {
  const { rows } = await sql<Pauses>`
    select
      (select paused_at from ${tables.person} where user_id = ${userId}::uuid) as person,
      (select paused_at from ${tables.operator} where user_id = ${userId}::uuid) as operator
  `.execute(handle);
  return rows[0] ?? { person: null, operator: null };
}

/** Which of these people the operator has paused, and since when. */
export async function listOperatorPauses(
  handle: Handle,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, Date>> {
  const { rows } = await sql<{ userId: string; at: Date }>`
    select user_id as "userId", paused_at as at from ${tables.operator} where user_id = any(${[...userIds]}::uuid[])
  `.execute(handle);
  return new Map(rows.map(({ userId, at }) => [userId, at]));
}

/** Pauses everything. Where it is paused by the same already, it stands since then. @returns false for such a one. */
export async function pauseUser(handle: Handle, userId: string, by: PausedBy, now: Date): Promise<boolean> {
  const { rows } = await sql`
    insert into ${tables[by]} (user_id, paused_at) values (${userId}, ${now})
    on conflict (user_id) do nothing returning 1
  `.execute(handle);
  return rows.length === 1;
}

/** Takes a pause back; that of the other stays. @returns false when there was none. */
export async function resumeUser(handle: Handle, userId: string, by: PausedBy): Promise<boolean> {
  const { rows } = await sql`delete from ${tables[by]} where user_id = ${userId} returning 1`.execute(handle);
  return rows.length === 1;
}
