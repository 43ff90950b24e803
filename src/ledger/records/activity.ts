import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import { lowestIdAt } from "../../kernel/ids.ts";
import type { Outcome } from "../../kernel/receipt.ts";

/** A time from `from` on and before `until`. */
export interface Period {
  readonly from: Date;
  readonly until: Date;
}

/** How often something was called on one day (UTC), and how it ended. */
export interface CallCount {
  /** `2026-11-30` */
  readonly day: string;
  readonly tool: string;
  readonly outcome: Outcome;
  readonly code: string | null;
  readonly calls: number;
}

/** Tools that are named; a caller may make up as many names as it likes, so those beyond are counted as one without a name. */
const MOST_TOOLS = 100;

/**
 * What a person's assistants called in a period: their receipts that ended, counted. Calls of their own browser are left
 * out, and so are questions: the run that they were asked for has a receipt of its own.
 */
export async function countActivity(
  handle: Handle,
  userId: string,
  { from, until }: Period,
): Promise<readonly CallCount[]> {
  const { rows } = await sql<CallCount>`
    with calls as (
      select started_at, tool, outcome, code from receipts
      where user_id = ${userId} and channel <> 'web' and outcome not in ('asked', 'open')
        and id >= ${lowestIdAt(from)}::uuid and id < ${lowestIdAt(until)}::uuid
    ), busiest as (
      select tool from calls group by tool order by count(*) desc, tool limit ${MOST_TOOLS}
    )
    select to_char(started_at at time zone 'UTC', 'YYYY-MM-DD') as day, coalesce(busiest.tool, '') as tool, outcome, code,
      count(*)::int as calls
    from calls left join busiest on busiest.tool = calls.tool
    group by 1, 2, 3, 4 order by calls desc, day, 2`.execute(handle);
  return rows;
}

/** How many questions a person was asked in a period, by how they stand. */
export async function countApprovals(
  handle: Handle,
  userId: string,
  { from, until }: Period,
): Promise<readonly { readonly status: string; readonly count: number }[]> {
  const { rows } = await sql<{ status: string; count: number }>`
    select status, count(*)::int as count from approvals
    where user_id = ${userId} and asked_at >= ${from} and asked_at < ${until}
    group by status order by count desc, status`.execute(handle);
  return rows;
}
