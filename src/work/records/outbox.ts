import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import type { Medium } from "../../kernel/ports/tell.ts";

/*
 * Something that a person is to be told, from the transaction in which it became true until it was said or given up.
 * Whoever takes an entry has it for a while; who dies with it lets it be taken again, so it is said at least once.
 */

/** What is to be said, to whom, and about which thing: a pointer, never the words. */
export interface OutboxEntry {
  readonly id: string;
  readonly kind: string;
  readonly userId: string;
  readonly ref: string;
  readonly medium: Medium;
  /** Where it goes: an address, or the id of a browser. Null where that is looked for when it is told. */
  readonly target: string | null;
  readonly createdAt: Date;
  /** This one included. */
  readonly attempts: number;
}

/** An entry as it is first written down. */
export type NewEntry = Omit<OutboxEntry, "attempts" | "createdAt">;

/** Stores entries, to be sent once the transaction has committed. */
export async function insertEntries(handle: Handle, entries: readonly NewEntry[]): Promise<void> {
  await sql`
    insert into outbox (id, kind, user_id, ref, medium, target, next_at, created_at)
    select id, kind, "userId", ref, medium, target, clock_timestamp(), clock_timestamp()
    from jsonb_to_recordset(${JSON.stringify(entries)}::jsonb)
      as entry (id uuid, kind text, "userId" uuid, ref text, medium text, target text)`.execute(handle);
}

/** Of how many things of one kind a person was, or is to be, told that happened in the last hour; and how much of all waits. */
export async function countOf(
  handle: Handle,
  userId: string,
  kind: string,
): Promise<{ readonly recent: number; readonly waiting: number }> {
  const { rows } = await sql<{ recent: number; waiting: number }>`
    select count(distinct ref) filter (where kind = ${kind} and created_at > now() - interval '1 hour')::int as recent,
      count(*) filter (where done_at is null)::int as waiting
    from outbox where user_id = ${userId}`.execute(handle);
  return rows[0] ?? { recent: 0, waiting: 0 };
}

const oneOf = (kinds: readonly string[]) =>
  sql`kind in (select jsonb_array_elements_text(${JSON.stringify(kinds)}::jsonb))`;

/** Which entries of one medium may be taken. */
interface Wanted {
  readonly medium: Medium;
  readonly kinds: readonly string[];
  /** How many of one person's may go on at once, and how many do. */
  readonly shares: { readonly most: number; readonly taken: Readonly<Record<string, number>> };
}

/** How many more of a person's may be taken. */
const roomOf = ({ most, taken }: Wanted["shares"]) =>
  sql`(${most}::int - coalesce((${JSON.stringify(taken)}::jsonb ->> user_id::text)::int, 0))`;

/** Takes entries that are due, for `leaseMs`; of one person no more than their share. */
export async function takeEntries(
  handle: Handle,
  { medium, kinds, shares, leaseMs, limit }: Wanted & { readonly leaseMs: number; readonly limit: number },
): Promise<readonly OutboxEntry[]> {
  const { rows } = await sql<OutboxEntry>`
    with placed as (
      select id, row_number() over (partition by user_id order by next_at) as place, ${roomOf(shares)} as room from outbox
      where done_at is null and medium = ${medium} and next_at <= now() and ${oneOf(kinds)}
    ), due as (
      select o.id from outbox o join placed p on p.id = o.id
      where p.place <= p.room and o.done_at is null and o.next_at <= now()
      order by o.next_at limit ${limit} for update of o skip locked
    )
    update outbox o set attempts = o.attempts + 1, next_at = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    from due where o.id = due.id
    returning o.id, o.kind, o.user_id as "userId", o.ref, o.medium, o.target, o.attempts,
      o.created_at as "createdAt"`.execute(handle);
  return rows;
}

/** An entry was said, or is given up; unless another took it meanwhile, which says it again. Its address is needed no more. */
export async function endEntry(
  handle: Handle,
  { id, attempts }: Pick<OutboxEntry, "id" | "attempts">,
  gaveUp: boolean,
): Promise<void> {
  await sql`
    update outbox set done_at = clock_timestamp(), gave_up = ${gaveUp}, target = null
    where id = ${id} and attempts = ${attempts}::int and done_at is null`.execute(handle);
}

/** An entry could not be said; it is tried again later. */
export async function delayEntry(
  handle: Handle,
  { id, attempts }: Pick<OutboxEntry, "id" | "attempts">,
  waitMs: number,
): Promise<void> {
  await sql`
    update outbox set next_at = clock_timestamp() + ${waitMs} * interval '1 millisecond'
    where id = ${id} and attempts = ${attempts}::int and done_at is null`.execute(handle);
}

/** Milliseconds until the next entry is due that may then be taken; null when there is none. */
export async function untilNextEntry(handle: Handle, { medium, kinds, shares }: Wanted): Promise<number | null> {
  const { rows } = await sql<{ ms: number | null }>`
    select ceil(extract(epoch from min(next_at) - now()) * 1000)::int as ms from outbox
    where done_at is null and medium = ${medium} and next_at < now() + interval '1 day' and ${oneOf(kinds)}
      and ${roomOf(shares)} > 0`.execute(handle);
  return rows[0]?.ms ?? null;
}

/** Gives up what has waited for more than `days`: no server here knows its kind, or none has ended its tries. */
export async function giveUpOld(handle: Handle, days: number): Promise<void> {
  await sql`
    update outbox set done_at = clock_timestamp(), gave_up = true, target = null
    where done_at is null and created_at < now() - ${days} * interval '1 day'`.execute(handle);
}

/** Deletes what was said or given up more than `days` ago. */
export async function deleteDone(handle: Handle, days: number): Promise<void> {
  await sql`delete from outbox where done_at < now() - ${days} * interval '1 day'`.execute(handle);
}

/** What a person was or will be told, newest first, after the last one read. */
export async function selectEntries(
  handle: Handle,
  userId: string,
  { limit, before }: { readonly limit: number; readonly before?: string | undefined },
): Promise<readonly (Omit<OutboxEntry, "userId"> & { doneAt: Date | null; gaveUp: boolean })[]> {
  const { rows } = await sql<Omit<OutboxEntry, "userId"> & { doneAt: Date | null; gaveUp: boolean }>`
    select id, kind, ref, medium, target, attempts, created_at as "createdAt", done_at as "doneAt", gave_up as "gaveUp" from outbox
    where user_id = ${userId} and (${before ?? null}::uuid is null or id < ${before ?? null}::uuid)
    order by id desc limit ${limit}`.execute(handle);
  return rows;
}

/** Erases what a person was or was to be told. */
export async function eraseEntries(handle: Handle, userId: string): Promise<void> {
  await sql`delete from outbox where user_id = ${userId}`.execute(handle);
}
