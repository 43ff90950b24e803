import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";

/*
 * Calls of tools that a tier counts by the day (UTC): one row a person, day and tool, raised by each call that passes,
 * swept when nobody asks for that day any more.
 */

/** Whose calls of what are counted. */
export interface CountedUse {
  readonly userId: string;
  /** `2026-11-30`. */
  readonly day: string;
  readonly tool: string;
}

/**
 * Takes one call of a day's quota, if there is one left. One statement decides: of callers that come at once, in
 * whatever process, as many pass as are left, and who is refused changes nothing.
 * @param perDay at least 1.
 */
export async function takeUse(handle: Handle, use: CountedUse, perDay: number): Promise<boolean> {
  const { rows } = await sql`
    insert into usage_counters as held (user_id, day, tool, used)
    select id, ${use.day}::date, ${use.tool}, 1 from users where id = ${use.userId}
    on conflict (user_id, day, tool) do update set used = held.used + 1 where held.used < ${perDay}
    returning 1`.execute(handle);
  return rows.length === 1;
}

/** Gives back a call that was counted and came to nothing. */
export async function giveBackUse(handle: Handle, use: CountedUse): Promise<void> {
  await sql`
    update usage_counters set used = used - 1
    where user_id = ${use.userId} and day = ${use.day}::date and tool = ${use.tool} and used > 0`.execute(handle);
}

/** What was counted of a person on a day, by tool. */
export async function usedOn(handle: Handle, userId: string, day: string): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ tool: string; used: number }>`
    select tool, used from usage_counters where user_id = ${userId} and day = ${day}::date`.execute(handle);
  return new Map(rows.map(({ tool, used }) => [tool, used]));
}

/** All that is still counted of a person, the newest day first. */
export async function listUses(
  handle: Handle,
  userId: string,
): Promise<readonly { readonly day: string; readonly tool: string; readonly used: number }[]> {
  const { rows } = await sql<{ day: string; tool: string; used: number }>`
    select day::text, tool, used from usage_counters
    where user_id = ${userId} order by usage_counters.day desc, tool`.execute(handle);
  return rows;
}

/** Sweeps the counters of days before a day. */
export async function deleteOldUses(handle: Handle, before: string): Promise<void> {
  await sql`delete from usage_counters where day < ${before}::date`.execute(handle);
}
