import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import type { Progress } from "../../kernel/tool.ts";
import { nextTurn } from "./jobs.ts";

/*
 * Who holds which job. Leases are by the database's clock, and each claim has its own number: whoever lost a job can
 * neither keep nor end it.
 */

/** A job that was claimed. */
export interface ClaimedJob {
  readonly id: string;
  readonly userId: string;
  readonly claims: number;
  /** Greater than `maxAttempts` when all were used up and the job only has to be closed. */
  readonly attempt: number;
  readonly maxAttempts: number;
}

/** So many of those whose turn is lowest are looked at for one claim, whatever waits behind them. */
const FRONT = 100;
/** So many of those whose time has come get a turn with each claim: more than a claim takes. */
const LINED_UP = 200;

/*
 * `= any(array(…))` beside a join leads to the rows by their ids: a planner that joins alone may read the whole table.
 */

/** Gives a turn to jobs whose time has come: what failed and is tried again, and what is not held any more. */
async function lineUp(handle: Handle): Promise<void> {
  await sql`
    with late as (
      select id, user_id, due_at from tool_jobs
      where turn is null and due_at <= now() and (expires_at is null or expires_at > now())
      order by due_at limit ${LINED_UP} for update skip locked
    ), turns as materialized (
      select l.id, ${nextTurn(sql`l.user_id`)} + row_number() over (partition by l.user_id order by l.due_at, l.id) - 1 as turn
      from late l
    )
    update tool_jobs j set turn = turns.turn from turns
    where j.id = any(array(select id from turns)) and j.id = turns.id`.execute(handle);
}

/**
 * Takes jobs that are due: queued ones whose time has come, and those whose lease has run out. Of those at the front, by
 * their turns, whoever has the fewest under way comes first, then whose turn is lowest, then whoever has waited longest, so
 * that one person's many jobs hold up nobody else's. What it costs does not grow with what waits.
 * Several processes that ask at once never get the same one. Who waited for a job whose process died waits no more, so
 * lists show it from here on.
 */
export async function claimJobs(
  handle: Handle,
  { holder, leaseMs, limit }: { readonly holder: string; readonly leaseMs: number; readonly limit: number },
): Promise<readonly ClaimedJob[]> {
  await lineUp(handle);
  const { rows } = await sql<ClaimedJob>`
    with front as (
      select id, user_id, turn, due_at from tool_jobs
      where turn is not null and due_at <= now() and (expires_at is null or expires_at > now())
      order by turn, due_at limit ${FRONT + limit}
    ), running as (
      select user_id, count(*) as jobs from tool_jobs
      where status = 'running' and lease_until > now() and user_id in (select user_id from front) group by user_id
    ), places as materialized (
      select f.id, f.turn, f.due_at,
        coalesce(r.jobs, 0) + row_number() over (partition by f.user_id order by f.turn, f.due_at, f.id) as place
      from front f left join running r on r.user_id = f.user_id
    ), due as (
      select d.id from places p join tool_jobs d on d.id = p.id
      where d.id = any(array(select id from front)) and d.due_at <= now() and (d.expires_at is null or d.expires_at > now())
      order by p.place, p.turn, p.due_at, p.id limit ${limit} for update of d skip locked
    )
    update tool_jobs j set status = 'running', holder = ${holder}::uuid, claims = j.claims + 1, attempt = j.attempt + 1,
      lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond', heartbeat_at = clock_timestamp(),
      started_at = coalesce(j.started_at, clock_timestamp()), expires_at = null, hidden = j.hidden and j.status = 'queued',
      stage = null, percent = null, eta_seconds = null, code = null, message = null, next = null
    from due where j.id = due.id
    returning j.id, j.user_id as "userId", j.claims, j.attempt, j.max_attempts as "maxAttempts"`.execute(handle);
  return rows;
}

/** A run that is to go on, and how far it is where that is news. */
export interface Beat {
  readonly id: string;
  readonly claims: number;
  readonly step: Progress | null;
}

/** A run whose lease was renewed. */
export interface Renewed {
  readonly id: string;
  readonly claims: number;
  readonly userId: string;
  readonly hidden: boolean;
}

/**
 * Renews the leases of all runs of a process, and writes how far they are, in one statement. A row that another
 * transaction holds at this moment (it is being ended) is left out rather than waited for: one would keep all from beating.
 */
export async function beatRuns(
  handle: Handle,
  { holder, leaseMs }: { readonly holder: string; readonly leaseMs: number },
  beats: readonly Beat[],
): Promise<readonly Renewed[]> {
  const given = beats.map(({ id, claims, step }) => ({
    id,
    claims,
    said: step !== null,
    stage: step?.stage ?? null,
    percent: step?.percent ?? null,
    eta: step?.etaSeconds ?? null,
  }));
  const { rows } = await sql<Renewed>`
    with beats as (
      select * from jsonb_to_recordset(${JSON.stringify(given)}::jsonb)
        as beat (id uuid, claims int, said boolean, stage text, percent int, eta int)
    ), mine as (
      select j.id from tool_jobs j join beats b on b.id = j.id and b.claims = j.claims
      where j.status = 'running' and j.holder = ${holder}::uuid for update of j skip locked
    )
    update tool_jobs j set lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond',
      heartbeat_at = clock_timestamp(),
      stage = case when b.said then b.stage else j.stage end,
      percent = case when b.said then b.percent else j.percent end,
      eta_seconds = case when b.said then b.eta else j.eta_seconds end
    from beats b join mine m on m.id = b.id where j.id = m.id
    returning j.id, j.claims, j.user_id as "userId", j.hidden`.execute(handle);
  return rows;
}

/** Which of these jobs the process still holds, without waiting for anybody. */
export async function selectHeld(
  handle: Handle,
  holder: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ id: string; claims: number }>`
    select id, claims from tool_jobs
    where status = 'running' and holder = ${holder}::uuid
      and id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`.execute(handle);
  return new Map(rows.map(({ id, claims }) => [id, claims]));
}

/** Gives back a job that its process could not finish: the next one takes it at once, and the attempt does not count. */
export async function giveBackJob(
  handle: Handle,
  holder: string,
  { id, claims }: { readonly id: string; readonly claims: number },
): Promise<boolean> {
  const { rows } = await sql`
    update tool_jobs set status = 'queued', holder = null, lease_until = null, attempt = greatest(attempt - 1, 0),
      run_at = clock_timestamp(), hidden = false, stage = null, percent = null, eta_seconds = null
    where id = ${id} and status = 'running' and holder = ${holder}::uuid and claims = ${claims}::int
    returning id`.execute(handle);
  return rows.length === 1;
}

/** Ends the leases of every other process: for a database that has one process, where all others are dead. */
export async function endOtherLeases(handle: Handle, holder: string): Promise<void> {
  await sql`
    update tool_jobs set lease_until = clock_timestamp() where status = 'running' and holder <> ${holder}::uuid`.execute(
    handle,
  );
}

/** Milliseconds until the next job is due; null when none is known. Less than 0 when one is due already. */
export async function untilDue(handle: Handle): Promise<number | null> {
  const { rows } = await sql<{ ms: number | null }>`
    select ceil(extract(epoch from least(
      (select due_at from tool_jobs where turn is not null and (expires_at is null or expires_at > now())
        order by turn, due_at limit 1),
      (select min(due_at) from tool_jobs
        where turn is null and due_at < now() + interval '1 day' and (expires_at is null or expires_at > now()))
    ) - now()) * 1000)::int as ms`.execute(handle);
  return rows[0]?.ms ?? null;
}
