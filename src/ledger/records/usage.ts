import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import { lowestIdAt } from "../../kernel/ids.ts";

/** How often a person's assistants called. */
export interface CountedCalls {
  readonly total: number;
  /** Of the tools that were asked for. */
  readonly byTool: ReadonlyMap<string, number>;
}

/**
 * Counts what a person's assistants called since a time, from the receipts: ids sort by time, so the index of a person's
 * receipts is read from there on and no further. Calls of their own browser are not among them, as they are not among
 * those that are limited.
 * @param known tools to count one by one: a caller may make up as many names as it likes.
 */
export async function countCalls(
  handle: Handle,
  userId: string,
  since: Date,
  known: readonly string[],
): Promise<CountedCalls> {
  const { rows } = await sql<{ tool: string | null; calls: number }>`
    select case when ${JSON.stringify(known)}::jsonb ? tool then tool end as tool, count(*)::int as calls
    from receipts where user_id = ${userId} and id >= ${lowestIdAt(since)}::uuid and channel <> 'web'
    group by 1`.execute(handle);
  return {
    total: rows.reduce((sum, { calls }) => sum + calls, 0),
    byTool: new Map(rows.flatMap(({ tool, calls }) => (tool === null ? [] : [[tool, calls] as const]))),
  };
}
