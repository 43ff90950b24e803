import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import { uuidv7 } from "../../kernel/ids.ts";
import type { Json } from "../../kernel/json.ts";
import type { SubscriptionStatus, Tiers } from "../../kernel/tiers.ts";

/*
 * What a person has bought: one row that counts, written by the billing's webhook, an administrator, or the operator,
 * and by nothing else; every change of it stays as a row of its own. It ends by its date, without being written again.
 */

/** One change, as somebody says it. */
export interface NewSubscription {
  readonly userId: string;
  readonly tier: string;
  readonly status: SubscriptionStatus;
  readonly periodEnd: Date | null;
  /** Who says so: `billing`, `operator` or `admin`. */
  readonly provider: string;
  /** When it became so at whoever says it. */
  readonly asOf: Date;
  /** Of a payment; null where none was made with this change. */
  readonly payment: { readonly reference: string; readonly payload: Json } | null;
}

/**
 * Locks a person's row against being erased, so that whoever writes of them takes the locks in the order in which an
 * erasure does. False when there is nobody.
 */
export async function holdUser(handle: Handle, userId: string): Promise<boolean> {
  const { rows } = await sql`select 1 from users where id = ${userId} for key share`.execute(handle);
  return rows.length === 1;
}

/**
 * Writes what somebody has now, unless something newer was said of it. Call {@link holdUser} first.
 * @returns false when what is kept is newer.
 */
export async function saveSubscription(handle: Handle, row: NewSubscription, now: Date): Promise<boolean> {
  const { payment } = row;
  const paidAt = payment === null ? null : row.asOf;
  const { rows } = await sql`
    with saved as (
      insert into user_subscriptions as held (user_id, tier, status, current_period_end, provider, last_payment_at,
        last_payment_reference, payment_payload, as_of, created_at, updated_at)
      values (${row.userId}, ${row.tier}, ${row.status}, ${row.periodEnd}, ${row.provider}, ${paidAt}::timestamptz,
        ${payment?.reference ?? null}::text, ${payment === null ? null : JSON.stringify(payment.payload)}::jsonb,
        ${row.asOf}, ${now}, ${now})
      on conflict (user_id) do update
        set tier = excluded.tier, status = excluded.status, current_period_end = excluded.current_period_end,
          provider = excluded.provider, as_of = excluded.as_of, updated_at = excluded.updated_at,
          last_payment_at = coalesce(excluded.last_payment_at, held.last_payment_at),
          last_payment_reference = coalesce(excluded.last_payment_reference, held.last_payment_reference),
          payment_payload = coalesce(excluded.payment_payload, held.payment_payload)
        where held.as_of <= excluded.as_of
      returning user_id, tier, status, current_period_end, provider, as_of
    )
    insert into subscription_changes (id, user_id, tier, status, current_period_end, provider, reference, as_of, at)
    select ${uuidv7(now)}::uuid, user_id, tier, status, current_period_end, provider, ${payment?.reference ?? null}::text,
      as_of, ${now}::timestamptz
    from saved returning 1`.execute(handle);
  return rows.length === 1;
}

/** What a person has bought, whether it still holds or not. */
export interface Subscription {
  readonly tier: string;
  readonly status: SubscriptionStatus;
  readonly periodEnd: Date | null;
  readonly provider: string;
  readonly lastPaymentAt: Date | null;
  readonly lastPaymentReference: string | null;
  readonly paymentPayload: Json;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The row that counts, or null. */
export async function findSubscription(handle: Handle, userId: string): Promise<Subscription | null> {
  const { rows } = await sql<Subscription>`
    select tier, status, current_period_end as "periodEnd", provider, last_payment_at as "lastPaymentAt",
      last_payment_reference as "lastPaymentReference", payment_payload as "paymentPayload",
      created_at as "createdAt", updated_at as "updatedAt"
    from user_subscriptions where user_id = ${userId}`.execute(handle);
  return rows[0] ?? null;
}

/** One change that was made. */
export interface SubscriptionChange {
  readonly tier: string;
  readonly status: SubscriptionStatus;
  readonly periodEnd: Date | null;
  readonly provider: string;
  readonly reference: string | null;
  readonly at: Date;
}

/** The changes of a person's subscription, newest first. */
export async function listSubscriptionChanges(
  handle: Handle,
  userId: string,
  limit: number,
): Promise<readonly SubscriptionChange[]> {
  const { rows } = await sql<SubscriptionChange>`
    select tier, status, current_period_end as "periodEnd", provider, reference, at
    from subscription_changes where user_id = ${userId} order by id desc limit ${limit}`.execute(handle);
  return rows;
}

/** Writes what the settings sell, for the view `profiles`. */
export async function saveTiers(handle: Handle, tiers: Tiers): Promise<void> {
  const rows = JSON.stringify(tiers.map(({ name, title }, rank) => ({ name, title, rank })));
  await sql`
    with gone as (
      delete from tiers where name not in (select name from jsonb_to_recordset(${rows}::jsonb) as sold (name text))
    )
    insert into tiers (name, title, rank)
    select name, title, rank from jsonb_to_recordset(${rows}::jsonb) as sold (name text, title text, rank integer)
    order by name
    on conflict (name) do update set title = excluded.title, rank = excluded.rank`.execute(handle);
}
