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

/** More rows than any report shows: a caller may make up as many names of tools as it likes. */
const MOST_ROWS = 5_000;

/** What a person's assistants called in a period: their receipts, counted. Calls of their own browser are left out. */
export async function countActivity(
  handle: Handle,
  userId: string,
  { from, until }: Period,
): Promise<readonly CallCount[]> {
  const { rows } = await sql<CallCount>`
    select to_char(started_at at time zone 'UTC', 'YYYY-MM-DD') as day, tool, outcome, code, count(*)::int as calls
    from receipts
    where user_id = ${userId} and channel <> 'web'
      and id >= ${lowestIdAt(from)}::uuid and id < ${lowestIdAt(until)}::uuid
    group by 1, 2, 3, 4 order by calls desc, day, tool limit ${MOST_ROWS}`.execute(handle);
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

/** What was spent in a period, by asset, in its smallest unit. */
export async function sumSpent(
  handle: Handle,
  userId: string,
  { from, until }: Period,
): Promise<readonly { readonly asset: string; readonly amount: string; readonly decimals: number }[]> {
  const { rows } = await sql<{ asset: string; amount: string; decimals: number }>`
    select asset, sum(amount)::text as amount, decimals from reservations
    where user_id = ${userId} and state = 'spent' and settled_at >= ${from} and settled_at < ${until}
    group by asset, decimals order by asset, decimals`.execute(handle);
  return rows;
}
