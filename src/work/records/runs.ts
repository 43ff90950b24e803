import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import type { Progress } from "../../kernel/tool.ts";

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

/**
 * Takes jobs that are due: queued ones whose time has come, and those whose lease has run out. Whoever has the fewest under
 * way comes first, then whoever has waited longest, so that one person's many jobs hold up nobody else's.
 * Several processes that ask at once never get the same one. Who waited for a job whose process died waits no more, so
 * lists show it from here on.
 */
export async function claimJobs(
  handle: Handle,
  { holder, leaseMs, limit }: { readonly holder: string; readonly leaseMs: number; readonly limit: number },
): Promise<readonly ClaimedJob[]> {
  const { rows } = await sql<ClaimedJob>`
    with running as (
      select user_id, count(*) as jobs from tool_jobs where status = 'running' and lease_until > now() group by user_id
    ), places as (
      select w.id, coalesce(r.jobs, 0) + row_number() over (partition by w.user_id order by w.due_at, w.id) as place
      from tool_jobs w left join running r on r.user_id = w.user_id
      where w.due_at <= now() and (w.expires_at is null or w.expires_at > now())
    ), due as (
      select d.id from tool_jobs d join places p on p.id = d.id
      where d.due_at <= now() and (d.expires_at is null or d.expires_at > now())
      order by p.place, d.due_at, d.id limit ${limit} for update of d skip locked
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
    select ceil(extract(epoch from min(due_at) - now()) * 1000)::int as ms from tool_jobs
    where due_at < now() + interval '1 day' and (expires_at is null or expires_at > now())`.execute(handle);
  return rows[0]?.ms ?? null;
}
