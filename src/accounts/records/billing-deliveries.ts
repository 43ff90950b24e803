import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";

/* Ids of what the billing has sent, so that nothing is taken twice. They name nobody. */

/**
 * Notes a delivery, in the transaction that does what it says. Of two at once the second waits for the first to commit.
 * @returns false when it was taken before.
 */
export async function noteDelivery(handle: Handle, id: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    insert into billing_deliveries (id, received_at) values (${id}, ${now})
    on conflict (id) do nothing returning 1`.execute(handle);
  return rows.length === 1;
}

/** Sweeps the ids of deliveries before a time. */
export async function deleteOldDeliveries(handle: Handle, before: Date): Promise<void> {
  await sql`delete from billing_deliveries where received_at < ${before}`.execute(handle);
}
