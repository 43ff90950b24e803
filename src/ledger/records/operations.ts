import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import type { OperationState } from "../../kernel/ports/ledger.ts";
import type { Channel } from "../../kernel/principal.ts";
import type { Effect } from "../../kernel/tool.ts";

/*
 * A call that outlives its request. The row is made when the call is asked about, queued, opened or adopted, and ended in
 * the transaction that closes its receipt. What has ended never changes. The time of that end keeps the column's first
 * name, `settled_at`.
 */

type State = OperationState["state"];

/** What does not change of an operation. */
export interface OperationFacts {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  readonly clientName: string;
  readonly grantId: string | null;
  /** Of one of our own surfaces. */
  readonly sessionId: string | null;
  readonly channel: Channel;
  /** Separated by spaces (RFC 6749 §3.3). */
  readonly scopes: string;
  readonly requestId: string;
  readonly tool: string;
  readonly effect: Effect;
  readonly key: string | null;
}

/** An operation as it is stored. */
export interface OperationRow extends OperationFacts {
  readonly argsMac: Uint8Array;
  readonly argsSealed: Uint8Array;
  readonly state: State;
  readonly hasJob: boolean;
  readonly code: string | null;
  readonly message: string | null;
  readonly next: string | null;
  readonly answerSealed: Uint8Array | null;
  readonly createdAt: Date;
  readonly openedAt: Date | null;
}

const columns =
  sql.raw(`operations.id, operations.user_id as "userId", client_id as "clientId", client_name as "clientName",
  grant_id as "grantId", session_id as "sessionId", channel, scopes, request_id as "requestId", tool, effect, key, args_mac as "argsMac",
  args_sealed as "argsSealed", state, has_job as "hasJob", operations.code, operations.message, operations.next,
  answer_sealed as "answerSealed", created_at as "createdAt", opened_at as "openedAt"`);

interface NewOperation extends OperationFacts {
  readonly argsMac: Uint8Array;
  readonly argsSealed: Uint8Array;
  readonly state: State;
  readonly hasJob: boolean;
  readonly now: Date;
}

/** Stores a new operation. False when one of this id, or of this key of the client, is there. */
export async function insertOperation(handle: Handle, o: NewOperation): Promise<boolean> {
  const { rows } = await sql`
    insert into operations (id, user_id, client_id, client_name, grant_id, session_id, channel, scopes, request_id, tool, effect, key,
      args_mac, args_sealed, state, has_job, created_at, opened_at)
    values (${o.id}, ${o.userId}, ${o.clientId}, ${o.clientName}, ${o.grantId}, ${o.sessionId}, ${o.channel}, ${o.scopes}, ${o.requestId},
      ${o.tool}, ${o.effect}, ${o.key}, ${o.argsMac}, ${o.argsSealed}, ${o.state}, ${o.hasJob}, ${o.now},
      ${o.state === "open" ? o.now : null})
    on conflict do nothing returning 1`.execute(handle);
  return rows.length === 1;
}

/** An operation, or null. */
export async function findOperation(handle: Handle, id: string): Promise<OperationRow | null> {
  const { rows } = await sql<OperationRow>`select ${columns} from operations where id = ${id}`.execute(handle);
  return rows[0] ?? null;
}

/** Who asked for an operation. */
export type Caller = Pick<OperationFacts, "id" | "clientName" | "channel">;

/**
 * Who asked for a person's operations, by id; those that are not theirs are left out. Nothing sealed is read: a page of
 * operations may hold a page of answers, each as long as 1 MB.
 */
export async function selectCallers(
  handle: Handle,
  userId: string,
  ids: readonly string[],
): Promise<readonly Caller[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<Caller>`
    select id, client_name as "clientName", channel from operations where user_id = ${userId}
      and id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`.execute(handle);
  return rows;
}

/** What a client has sent under this operation id. */
export async function findByKey(
  handle: Handle,
  { userId, clientId, key }: Pick<OperationFacts, "userId" | "clientId"> & { readonly key: string },
): Promise<OperationRow | null> {
  const { rows } = await sql<OperationRow>`
    select ${columns} from operations where user_id = ${userId} and client_id = ${clientId} and key = ${key}
  `.execute(handle);
  return rows[0] ?? null;
}

/** Locks an operation until the transaction ends, and says how it stands; null where there is none. */
export async function lockOperation(handle: Handle, id: string): Promise<State | null> {
  const { rows } = await sql<{ state: State }>`select state from operations where id = ${id} for update`.execute(
    handle,
  );
  return rows[0]?.state ?? null;
}

/** From here on it runs. False when it runs, or has ended. */
export async function openOperation(handle: Handle, id: string, hasJob: boolean, now: Date): Promise<boolean> {
  const { rows } = await sql`
    update operations set state = 'open', has_job = has_job or ${hasJob}, opened_at = coalesce(opened_at, ${now})
    where id = ${id} and state in ('waiting', 'queued') returning 1`.execute(handle);
  return rows.length === 1;
}

/** It became a job while it ran. */
export async function giveJob(handle: Handle, id: string): Promise<void> {
  await sql`update operations set has_job = true where id = ${id}`.execute(handle);
}

/** A worker may take it. */
export async function queueOperation(handle: Handle, id: string): Promise<void> {
  await sql`update operations set state = 'queued', has_job = true where id = ${id} and state = 'waiting'`.execute(
    handle,
  );
}

/** How an operation ended. */
export interface OperationEnd {
  readonly state: "done" | "failed" | "unknown";
  readonly code: string | null;
  readonly message: string | null;
  readonly next: string | null;
  readonly answerSealed: Uint8Array | null;
  /** True where the same call may be sent again and be run: its operation id is free. */
  readonly freesKey: boolean;
  readonly now: Date;
}

/** Writes down how it ended. False when that was written before. */
export async function endOperation(handle: Handle, id: string, end: OperationEnd): Promise<boolean> {
  const { rows } = await sql`
    update operations set state = ${end.state}, code = ${end.code}, message = ${end.message}, next = ${end.next},
      answer_sealed = ${end.answerSealed}, settled_at = ${end.state === "unknown" ? null : end.now},
      key = case when ${end.freesKey} then null else key end
    where id = ${id} and state not in ('done', 'failed') returning 1`.execute(handle);
  return rows.length === 1;
}

/** Operations without a job that have been open since before `before`. */
export async function selectDeadOperations(handle: Handle, before: Date, limit: number): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from operations where state = 'open' and not has_job and opened_at < ${before} order by opened_at limit ${limit}
  `.execute(handle);
  return rows.map(({ id }) => id);
}

/** Operations that failed and whose receipts are open, or were never written: whoever ended them was not the run. */
export async function selectLeftOpen(handle: Handle, limit: number): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    (select r.id from receipts r join operations o on o.id = r.id where r.outcome = 'open' and o.state = 'failed')
    union all
    (select o.id from operations o left join receipts r on r.id = o.id
      where o.state = 'failed' and o.code in ('cancelled', 'job_expired') and r.id is null)
    limit ${limit}`.execute(handle);
  return rows.map(({ id }) => id);
}

/** Forgets operations that ended before `before`, the oldest first. */
export async function deleteEndedOperations(handle: Handle, before: Date, limit: number): Promise<void> {
  await sql`
    delete from operations where id in (
      select id from operations where settled_at < ${before} order by settled_at limit ${limit} for update skip locked
    )`.execute(handle);
}

/** A person's operations, newest first. */
export async function listOperations(
  handle: Handle,
  userId: string,
  limit: number,
  before?: string,
): Promise<readonly OperationRow[]> {
  const { rows } = await sql<OperationRow>`
    select ${columns} from operations
    where user_id = ${userId} and (${before ?? null}::uuid is null or id < ${before ?? null}::uuid)
    order by id desc limit ${limit}`.execute(handle);
  return rows;
}

/** Erases a person's operations; approvals go with them. */
export async function eraseOperations(handle: Handle, userId: string): Promise<void> {
  await sql`delete from operations where user_id = ${userId}`.execute(handle);
}
