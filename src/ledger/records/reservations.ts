import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import type { Amount, Spent, Window } from "../../kernel/spend.ts";

/*
 * What operations may have spent, one row for each asset that an operation is measured in. `reserved` counts as long as
 * nobody knows how it ended; `spent` counts from its settlement for as long as a window lasts, since nobody knows when
 * between the two it happened; `released` counts no more.
 */

export interface Reservation {
  readonly id: string;
  readonly userId: string;
  /** By the key of their asset. */
  readonly measures: ReadonlyMap<string, Amount>;
  readonly recipient: string | null;
}

/** How a reservation ends. */
export type Settlement = "spent" | "released";

/** Whether an operation has something reserved or spent already. */
export async function isCounted(handle: Handle, id: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from reservations where id = ${id} and state <> 'released' limit 1
  `.execute(handle);
  return rows.length === 1;
}

/** What counts in each window: by the digits of its amounts, so that no sum needs a fraction. */
export async function countSpent(
  handle: Handle,
  userId: string,
  windows: readonly Window[],
  now: Date,
): Promise<readonly Spent[]> {
  if (windows.length === 0) return [];
  const { rows } = await sql<{ asset: string; hours: number; decimals: number; amount: string }>`
    select w.asset, w.hours, r.decimals, sum(r.amount)::text as amount
    from jsonb_to_recordset(${JSON.stringify(windows)}::jsonb) as w (asset text, hours int)
    join reservations r on r.user_id = ${userId}::uuid and r.asset_key = w.asset and (r.state = 'reserved'
      or r.state = 'spent' and r.settled_at > ${now}::timestamptz - make_interval(hours => w.hours))
    group by w.asset, w.hours, r.decimals
  `.execute(handle);
  return rows.map((row) => ({ ...row, amount: BigInt(row.amount) }));
}

/** Writes down what an operation may spend; where an earlier run of it was released, in the place of that. */
export async function insertReservation(handle: Handle, reservation: Reservation, now: Date): Promise<void> {
  const { id, userId, measures, recipient } = reservation;
  await sql`delete from reservations where id = ${id} and state = 'released'`.execute(handle);
  const rows = [...measures].map(([key, { asset, amount, decimals }]) => ({
    key,
    asset,
    amount: String(amount),
    decimals,
  }));
  await sql`
    insert into reservations (id, user_id, asset, asset_key, amount, decimals, recipient, state, reserved_at)
    select ${id}::uuid, ${userId}::uuid, m.asset, m.key, m.amount, m.decimals, ${recipient}::text, 'reserved', ${now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as m (key text, asset text, amount numeric, decimals int)
  `.execute(handle);
}

/** Settles what is reserved; what was settled before stays as it is. */
export async function settleReservation(handle: Handle, id: string, settlement: Settlement, now: Date): Promise<void> {
  // Clocks of two processes differ: nothing ends before it began.
  await sql`
    update reservations set state = ${settlement}, settled_at = greatest(reserved_at, ${now}::timestamptz)
    where id = ${id} and state = 'reserved'
  `.execute(handle);
}

/** One reservation of one asset, as its person takes it along. */
export interface ListedReservation {
  readonly id: string;
  readonly asset: string;
  readonly key: string;
  readonly amount: bigint;
  readonly decimals: number;
  readonly recipient: string | null;
  readonly state: "reserved" | Settlement;
  readonly reservedAt: Date;
  readonly settledAt: Date | null;
}

/** A person's reservations, newest operation first. @param before the last id of the page before. */
export async function listReservations(
  handle: Handle,
  userId: string,
  limit: number,
  before?: Pick<ListedReservation, "id" | "key">,
): Promise<readonly ListedReservation[]> {
  const { rows } = await sql<Omit<ListedReservation, "amount"> & { amount: string }>`
    select id, asset, asset_key as key, amount::text as amount, decimals, recipient, state, reserved_at as "reservedAt",
      settled_at as "settledAt"
    from reservations
    where user_id = ${userId}
      and (${before?.id ?? null}::uuid is null or (id, asset_key) < (${before?.id ?? null}::uuid, ${before?.key ?? null}::text))
    order by id desc, asset_key desc limit ${limit}
  `.execute(handle);
  return rows.map((row) => ({ ...row, amount: BigInt(row.amount) }));
}

/** What a person's operations spent between two times, by asset and digits. */
export async function sumSpent(handle: Handle, userId: string, since: Date, until: Date): Promise<readonly Amount[]> {
  const { rows } = await sql<{ asset: string; decimals: number; amount: string }>`
    select min(asset) as asset, decimals, sum(amount)::text as amount from reservations
    where user_id = ${userId} and state = 'spent' and settled_at >= ${since}::timestamptz
      and settled_at < ${until}::timestamptz
    group by asset_key, decimals order by asset_key, decimals
  `.execute(handle);
  return rows.map((row) => ({ ...row, amount: BigInt(row.amount) }));
}
