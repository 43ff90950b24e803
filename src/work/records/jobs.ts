import { type RawBuilder, sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import type { NewJob } from "../../kernel/ports/jobs.ts";
import type { Progress } from "../../kernel/tool.ts";
import type { Claim } from "../lease.ts";

/*
 * A job's life: added as queued or running, claimed with a lease, postponed or ended by whoever holds it, cancelled by its
 * person or expired before it ever began; an ended one is deleted some weeks later. Every statement names the status that
 * it expects, so that of two that come at once one finds nothing to change.
 */

/** Of a job: how it stands. The last four never change again. */
export const jobStatuses = ["queued", "running", "completed", "failed", "cancelled", "expired"] as const;
export type JobStatus = (typeof jobStatuses)[number];

/** Why a try did not succeed. */
export interface JobError {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

/** A job as it is listed. Times are the database's own, but for `createdAt`. */
export interface Job {
  readonly id: string;
  readonly userId: string;
  /** Who asked for it. */
  readonly clientId: string;
  readonly tool: string;
  readonly status: JobStatus;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly progress: Progress | null;
  /** Of the last try, while it waits for the next one and after the end. */
  readonly error: JobError | null;
  /** Failed although another try could have helped: there was none left. */
  readonly dead: boolean;
  readonly cancellable: boolean;
  readonly hidden: boolean;
  readonly createdAt: Date;
  readonly changedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** When it runs next, while it is queued. */
  readonly runAt: Date;
}

interface JobRow {
  readonly id: string;
  readonly user_id: string;
  readonly client_id: string;
  readonly tool: string;
  readonly status: JobStatus;
  readonly attempt: number;
  readonly max_attempts: number;
  readonly stage: string | null;
  readonly percent: number | null;
  readonly eta_seconds: number | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly next: string | null;
  readonly dead: boolean;
  readonly cancellable: boolean;
  readonly hidden: boolean;
  readonly created_at: Date;
  readonly changed_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly run_at: Date;
}

const listed =
  sql.raw(`id, user_id, client_id, tool, status, attempt, max_attempts, stage, percent, eta_seconds, code, message, next,
  dead, cancellable, hidden, created_at, changed_at, started_at, finished_at, run_at`);

const toJob = (row: JobRow): Job => ({
  id: row.id,
  userId: row.user_id,
  clientId: row.client_id,
  tool: row.tool,
  status: row.status,
  attempt: row.attempt,
  maxAttempts: row.max_attempts,
  progress: row.stage === null ? null : { stage: row.stage, percent: row.percent, etaSeconds: row.eta_seconds },
  error: row.code === null ? null : { code: row.code, message: row.message ?? "", next: row.next ?? "" },
  dead: row.dead,
  cancellable: row.cancellable,
  hidden: row.hidden,
  createdAt: row.created_at,
  changedAt: row.changed_at,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  runAt: row.run_at,
});

/**
 * The turn of a person's next job that waits: the one after their own last, and after the lowest that waits anywhere. So the
 * thousandth of one person has the thousandth turn, while the first of another comes after two of theirs at most; and since
 * whoever comes later never gets the lowest, who has many comes to their turn as well. Two transactions at once may read the
 * same turn, which does no harm.
 */
export const nextTurn = (userId: RawBuilder<unknown>): RawBuilder<unknown> => sql`greatest(
  coalesce((select min(turn) + 1 from tool_jobs where turn is not null), 0),
  coalesce((select max(turn) + 1 from tool_jobs own where own.turn is not null and own.user_id = ${userId}), 0))`;

/** Stores a new job. One that runs at once is held from here on. @param waitMs after which a queued one expires. */
export async function insertJob(
  handle: Handle,
  job: NewJob,
  { holder, leaseMs, waitMs }: { readonly holder: string; readonly leaseMs: number; readonly waitMs: number },
): Promise<void> {
  const runs = job.status === "running";
  await sql`
    insert into tool_jobs (id, user_id, client_id, tool, status, attempt, max_attempts, claims, holder, lease_until, heartbeat_at, run_at,
      expires_at, cancellable, hidden, bounded, created_at, started_at, turn)
    values (${job.id}, ${job.userId}, ${job.clientId}, ${job.tool}, ${job.status}, ${runs ? 1 : 0}::int, ${job.attempts}::int,
      ${runs ? 1 : 0}::int, ${runs ? holder : null}::uuid,
      case when ${runs} then clock_timestamp() + ${leaseMs} * interval '1 millisecond' end,
      case when ${runs} then clock_timestamp() end, clock_timestamp(),
      case when not ${runs} then clock_timestamp() + ${waitMs} * interval '1 millisecond' end,
      ${job.cancellable}, ${job.hidden}, ${job.bounded}, ${job.now}, case when ${runs} then clock_timestamp() end,
      case when not ${runs} then ${nextTurn(sql`${job.userId}::uuid`)} end)`.execute(handle);
}

/** How many bounded jobs of a person have not ended, for a transaction that adds one: one at a time. */
export async function countUnfinished(handle: Handle, userId: string): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`jobs of ${userId}`}, 0))`.execute(handle);
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from tool_jobs
    where user_id = ${userId} and finished_at is null and bounded`.execute(handle);
  return rows[0]?.count ?? 0;
}

/** What became of a job that a statement changed. */
export interface Changed {
  readonly userId: string;
  readonly hidden: boolean;
}

/** Ends a run that succeeded. Null when the job is not this claim's any more. */
export async function completeJob(handle: Handle, id: string, { holder, claims }: Claim): Promise<Changed | null> {
  const { rows } = await sql<Changed>`
    update tool_jobs set status = 'completed', finished_at = clock_timestamp(), holder = null, lease_until = null,
      code = null, message = null, next = null
    where id = ${id} and status = 'running' and holder = ${holder}::uuid and claims = ${claims}::int
    returning user_id as "userId", hidden`.execute(handle);
  return rows[0] ?? null;
}

/**
 * Ends a run that failed for good. Null when the job is not this claim's any more.
 * @param mendable true when another try could have helped: then the job is dead where there is none left.
 */
export async function failJob(
  handle: Handle,
  id: string,
  { holder, claims }: Claim,
  error: JobError & { readonly mendable: boolean },
): Promise<Changed | null> {
  const { rows } = await sql<Changed>`
    update tool_jobs set status = 'failed', finished_at = clock_timestamp(), holder = null, lease_until = null,
      code = ${error.code}, message = ${error.message}, next = ${error.next},
      dead = attempt > max_attempts or (attempt = max_attempts and ${error.mendable})
    where id = ${id} and status = 'running' and holder = ${holder}::uuid and claims = ${claims}::int
    returning user_id as "userId", hidden`.execute(handle);
  return rows[0] ?? null;
}

/** Locks a job that a claim holds, and says which attempt it is. Null when it is not that claim's any more. */
export async function lockRun(handle: Handle, id: string, { holder, claims }: Claim): Promise<number | null> {
  const { rows } = await sql<{ attempt: number }>`
    select attempt from tool_jobs
    where id = ${id} and status = 'running' and holder = ${holder}::uuid and claims = ${claims}::int for update`.execute(
    handle,
  );
  return rows[0]?.attempt ?? null;
}

/** Gives a job that was locked back to the queue, for later. Nobody waits for its answer any more, so lists show it. */
export async function postponeJob(
  handle: Handle,
  id: string,
  waitMs: number,
  error: JobError,
): Promise<Changed | null> {
  const { rows } = await sql<Changed>`
    update tool_jobs set status = 'queued', holder = null, lease_until = null, hidden = false,
      run_at = clock_timestamp() + ${waitMs} * interval '1 millisecond', stage = null, percent = null, eta_seconds = null,
      code = ${error.code}, message = ${error.message}, next = ${error.next}
    where id = ${id} and status = 'running' returning user_id as "userId", hidden`.execute(handle);
  return rows[0] ?? null;
}

/** Shows a hidden job in lists. Returns whose it is; null where nothing changed. */
export async function showJob(handle: Handle, id: string): Promise<string | null> {
  const { rows } = await sql<{ userId: string }>`
    update tool_jobs set hidden = false where id = ${id} and hidden returning user_id as "userId"`.execute(handle);
  return rows[0]?.userId ?? null;
}

/**
 * What a wish to cancel would come to at this moment; null when the person has no such job. What has an effect outside can be
 * cancelled only before its first run: afterwards nobody knows without looking whether it happened.
 */
export async function readCancellable(
  handle: Handle,
  userId: string,
  id: string,
): Promise<"cancelled" | "not_cancellable" | "ended" | null> {
  const { rows } = await sql<{ ended: boolean; cancellable: boolean }>`
    select finished_at is not null as ended, cancellable or started_at is null as cancellable from tool_jobs
    where id = ${id} and user_id = ${userId}`.execute(handle);
  const [job] = rows;
  if (!job) return null;
  if (job.ended) return "ended";
  return job.cancellable ? "cancelled" : "not_cancellable";
}

/** Cancels a job. False when it ended, or began what cannot be taken back, since it was read. */
export async function cancelJob(handle: Handle, id: string): Promise<boolean> {
  const { rows } = await sql`
    update tool_jobs set status = 'cancelled', finished_at = clock_timestamp(), holder = null, lease_until = null,
      hidden = false
    where id = ${id} and status in ('queued', 'running') and (cancellable or started_at is null)
    returning id`.execute(handle);
  return rows.length === 1;
}

/** Jobs that waited too long for their first run, and whose they are. */
export async function selectOverdue(handle: Handle, limit: number): Promise<readonly { id: string; userId: string }[]> {
  const { rows } = await sql<{ id: string; userId: string }>`
    select id, user_id as "userId" from tool_jobs where status = 'queued' and expires_at <= now() order by expires_at
    limit ${limit}`.execute(handle);
  return rows;
}

/** Ends one of them. False when it began or ended meanwhile. */
export async function expireJob(handle: Handle, id: string): Promise<boolean> {
  const { rows } = await sql`
    update tool_jobs set status = 'expired', finished_at = clock_timestamp(), hidden = false
    where id = ${id} and status = 'queued' and expires_at <= clock_timestamp() returning id`.execute(handle);
  return rows.length === 1;
}

/** Deletes jobs that ended more than `days` ago, with their files. */
export async function deleteEnded(handle: Handle, days: number): Promise<void> {
  await sql`
    delete from tool_jobs where finished_at < now() - ${days} * interval '1 day'`.execute(handle);
}

/** Which of a person's jobs to read. */
export interface JobQuery {
  readonly userId: string;
  /** Of this client alone; those of all where it is left out. */
  readonly clientId?: string | undefined;
  readonly limit: number;
  readonly status?: JobStatus | undefined;
  /** The last id of the page before. */
  readonly before?: string | undefined;
  /** Also those that lists leave out. */
  readonly hidden?: boolean;
}

/** A person's jobs, newest first. */
export async function selectJobs(handle: Handle, query: JobQuery): Promise<readonly Job[]> {
  const { rows } = await sql<JobRow>`
    select ${listed} from tool_jobs
    where user_id = ${query.userId} and (${query.hidden ?? false} or not hidden)
      and (${query.clientId ?? null}::text is null or client_id = ${query.clientId ?? null})
      and (${query.status ?? null}::text is null or status = ${query.status ?? null})
      and (${query.before ?? null}::uuid is null or id < ${query.before ?? null}::uuid)
    order by id desc limit ${query.limit}`.execute(handle);
  return rows.map(toJob);
}

/** A person's job; null when they have none with this id, or it is not of the client that is named. */
export async function selectJob(handle: Handle, userId: string, id: string, clientId?: string): Promise<Job | null> {
  const { rows } = await sql<JobRow>`
    select ${listed} from tool_jobs
    where id = ${id} and user_id = ${userId} and (${clientId ?? null}::text is null or client_id = ${clientId ?? null})`.execute(
    handle,
  );
  return rows[0] ? toJob(rows[0]) : null;
}

/** A person's listed jobs that changed at `from` or later, in the order of their changes. */
export async function selectChanged(
  handle: Handle,
  userId: string,
  from: Date,
  limit: number,
): Promise<readonly Job[]> {
  const { rows } = await sql<JobRow>`
    select ${listed} from tool_jobs
    where user_id = ${userId} and changed_at >= ${from}::timestamptz and not hidden
    order by changed_at, id limit ${limit}`.execute(handle);
  return rows.map(toJob);
}

/**
 * Erases a person's jobs; a run under way finds its job gone, so nothing of it is committed. Here, and not left to the
 * user's own row: whoever ends a job holds that row, and an erasure may wait for it.
 */
export async function eraseJobs(handle: Handle, userId: string): Promise<void> {
  await sql`delete from tool_jobs where user_id = ${userId}`.execute(handle);
}
