import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";

/*
 * Something that a person is to be told, from the transaction in which it became true until it was said or given up.
 * Whoever takes an entry has it for a while; who dies with it lets it be taken again, so it is said at least once.
 */

/** How something is said. */
export type Way = "mail" | "push";

/** What is to be said, to whom, and about which thing: a pointer, never the words. */
export interface OutboxEntry {
  readonly id: string;
  readonly kind: string;
  readonly userId: string;
  readonly ref: string;
  readonly way: Way;
  /** The address that a mail goes to; null where it is looked for when it is sent, and of a push. */
  readonly recipient: string | null;
  readonly createdAt: Date;
  /** This one included. */
  readonly attempts: number;
}

/** An entry as it is first written down. */
export type NewEntry = Omit<OutboxEntry, "attempts" | "createdAt">;

/** Stores entries, to be sent once the transaction has committed. */
export async function insertEntries(handle: Handle, entries: readonly NewEntry[]): Promise<void> {
  await sql`
    insert into outbox (id, kind, user_id, ref, way, recipient, next_at, created_at)
    select id, kind, "userId", ref, way, recipient, clock_timestamp(), clock_timestamp()
    from jsonb_to_recordset(${JSON.stringify(entries)}::jsonb)
      as entry (id uuid, kind text, "userId" uuid, ref text, way text, recipient text)`.execute(handle);
}

const oneOf = (kinds: readonly string[]) =>
  sql`kind in (select jsonb_array_elements_text(${JSON.stringify(kinds)}::jsonb))`;

/** Takes entries of one way and these kinds that are due, for `leaseMs`. */
export async function takeEntries(
  handle: Handle,
  {
    way,
    kinds,
    leaseMs,
    limit,
  }: { readonly way: Way; readonly kinds: readonly string[]; readonly leaseMs: number; readonly limit: number },
): Promise<readonly OutboxEntry[]> {
  const { rows } = await sql<OutboxEntry>`
    with due as (
      select id from outbox where done_at is null and way = ${way} and next_at <= now() and ${oneOf(kinds)}
      order by next_at limit ${limit} for update skip locked
    )
    update outbox o set attempts = o.attempts + 1, next_at = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    from due where o.id = due.id
    returning o.id, o.kind, o.user_id as "userId", o.ref, o.way, o.recipient, o.attempts, o.created_at as "createdAt"`.execute(
    handle,
  );
  return rows;
}

/** An entry was said, or is given up; unless another took it meanwhile, which says it again. Its address is needed no more. */
export async function endEntry(
  handle: Handle,
  { id, attempts }: Pick<OutboxEntry, "id" | "attempts">,
  gaveUp: boolean,
): Promise<void> {
  await sql`
    update outbox set done_at = clock_timestamp(), gave_up = ${gaveUp}, recipient = null
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

/** Milliseconds until the next entry of one way and these kinds is due; null when there is none. */
export async function untilNextEntry(handle: Handle, way: Way, kinds: readonly string[]): Promise<number | null> {
  const { rows } = await sql<{ ms: number | null }>`
    select ceil(extract(epoch from min(next_at) - now()) * 1000)::int as ms from outbox
    where done_at is null and way = ${way} and next_at < now() + interval '1 day' and ${oneOf(kinds)}`.execute(handle);
  return rows[0]?.ms ?? null;
}

/** Gives up what has waited for more than `days`: no server here knows its kind, or none has ended its tries. */
export async function giveUpOld(handle: Handle, days: number): Promise<void> {
  await sql`
    update outbox set done_at = clock_timestamp(), gave_up = true, recipient = null
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
    select id, kind, ref, way, recipient, attempts, created_at as "createdAt", done_at as "doneAt", gave_up as "gaveUp" from outbox
    where user_id = ${userId} and (${before ?? null}::uuid is null or id < ${before ?? null}::uuid)
    order by id desc limit ${limit}`.execute(handle);
  return rows;
}

/** Erases what a person was or was to be told. */
export async function eraseEntries(handle: Handle, userId: string): Promise<void> {
  await sql`delete from outbox where user_id = ${userId}`.execute(handle);
}
