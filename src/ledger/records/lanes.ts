import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";

/*
 * A lane's life: leased by one process at a time, renewed while that one writes, given back at its end, and taken over by
 * another once it was not renewed for a while. All times are the database's own, so that no process's clock matters.
 */

/** Leases a lane that nobody holds (any longer), else a new one. Returns its number, or null when another was quicker. */
export async function leaseLane(handle: Handle, holder: string, ms: number, alone: boolean): Promise<number | null> {
  const { rows } = await sql<{ lane: number }>`
    update receipt_lanes set holder = ${holder}, leased_until = clock_timestamp() + ${ms} * interval '1 millisecond'
    where lane = (
      select lane from receipt_lanes where leased_until < clock_timestamp() or ${alone}
      order by lane limit 1 for update skip locked
    ) returning lane`.execute(handle);
  return rows[0]?.lane ?? newLane(handle, holder, ms);
}

async function newLane(handle: Handle, holder: string, ms: number): Promise<number | null> {
  const { rows } = await sql<{ lane: number }>`
    insert into receipt_lanes (lane, holder, leased_until)
    select coalesce(max(lane), 0) + 1, ${holder}::uuid, clock_timestamp() + ${ms} * interval '1 millisecond'
    from receipt_lanes
    on conflict (lane) do nothing returning lane`.execute(handle);
  return rows[0]?.lane ?? null;
}

/** Renews a lease, also one that has expired and that nobody took over. False when another holds the lane now. */
export async function renewLane(handle: Handle, lane: number, holder: string, ms: number): Promise<boolean> {
  const { rows } = await sql`
    update receipt_lanes set leased_until = clock_timestamp() + ${ms} * interval '1 millisecond'
    where lane = ${lane} and holder = ${holder} returning lane`.execute(handle);
  return rows.length > 0;
}

/** Gives a lane back, so that the next process takes it at once. */
export async function releaseLane(handle: Handle, lane: number, holder: string): Promise<void> {
  await sql`
    update receipt_lanes set leased_until = '-infinity' where lane = ${lane} and holder = ${holder}`.execute(handle);
}
