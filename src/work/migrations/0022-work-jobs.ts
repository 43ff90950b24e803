import type { Migration } from "../../database/handle.ts";

/**
 * Jobs, their files, and what is to be told to people.
 *
 * The table itself holds what no program may break: a job has an owner; nothing ran without a start; what has ended has an
 * end, and stays as it ended; whatever runs is held by somebody, for a while. `due_at` is when a runner may take the job:
 * at its time, or when the lease of whoever held it has run out. All these times are the database's own.
 */
const jobs = `create table tool_jobs (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  client_id text not null,
  tool text not null,
  status text not null check (status in ('queued', 'running', 'completed', 'failed', 'cancelled', 'expired')),
  attempt integer not null default 0 check (attempt >= 0),
  max_attempts integer not null check (max_attempts >= 1),
  claims integer not null default 0 check (claims >= 0),
  holder uuid,
  lease_until timestamptz,
  heartbeat_at timestamptz,
  run_at timestamptz not null,
  due_at timestamptz generated always as (case status when 'queued' then run_at when 'running' then lease_until end) stored,
  expires_at timestamptz,
  stage text,
  percent integer check (percent between 0 and 100),
  eta_seconds integer check (eta_seconds >= 0),
  code text,
  message text,
  next text,
  dead boolean not null default false,
  cancellable boolean not null,
  hidden boolean not null,
  bounded boolean not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  constraint tool_jobs_started check (started_at is not null or status in ('queued', 'cancelled', 'expired')),
  constraint tool_jobs_finished
    check ((finished_at is not null) = (status in ('completed', 'failed', 'cancelled', 'expired'))),
  constraint tool_jobs_held check (
    (status = 'running') = (holder is not null) and (status = 'running') = (lease_until is not null)),
  constraint tool_jobs_expires check (expires_at is null or status in ('queued', 'expired', 'cancelled')),
  constraint tool_jobs_failed check ((code is not null) or status <> 'failed'),
  constraint tool_jobs_dead check (status = 'failed' or not dead)
)`;

/**
 * A second wall behind the statements, which all name the status that they expect. The time of a change is in whole
 * milliseconds and rises with every change of a row, so that a job and a time name one change. A heartbeat is no change.
 */
const guard = `create function tool_jobs_changed() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if old.finished_at is not null and (new.status, new.finished_at) is distinct from (old.status, old.finished_at) then
      raise exception 'A job that has ended stays as it ended.' using errcode = 'check_violation',
        constraint = 'tool_jobs_ended';
    end if;
    if (new.status, new.attempt, new.stage, new.percent, new.eta_seconds, new.code, new.hidden, new.run_at)
      is not distinct from (old.status, old.attempt, old.stage, old.percent, old.eta_seconds, old.code, old.hidden, old.run_at)
    then
      new.changed_at := old.changed_at;
      return new;
    end if;
    new.changed_at := greatest(date_trunc('milliseconds', clock_timestamp()), old.changed_at + interval '1 millisecond');
    return new;
  end if;
  new.changed_at := date_trunc('milliseconds', clock_timestamp());
  return new;
end $$`;

export const migration: Migration = {
  name: "0022-work-jobs",
  statements: [
    jobs,
    guard,
    "create trigger tool_jobs_changed before insert or update on tool_jobs for each row execute function tool_jobs_changed()",
    "create index tool_jobs_due on tool_jobs (due_at) where due_at is not null",
    "create index tool_jobs_unfinished on tool_jobs (user_id) where finished_at is null",
    "create index tool_jobs_of_user on tool_jobs (user_id, id desc)",
    "create index tool_jobs_changes on tool_jobs (user_id, changed_at)",
    "create index tool_jobs_expiring on tool_jobs (expires_at) where status = 'queued'",
    "create index tool_jobs_ended on tool_jobs (finished_at) where finished_at is not null",
    `create table tool_job_artifacts (
      job_id uuid not null references tool_jobs (id) on delete cascade,
      name text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$' and position('..' in name) = 0),
      place integer not null,
      media_type text not null,
      bytes integer not null check (bytes >= 0),
      body bytea not null,
      primary key (job_id, name)
    )`,
    `create table outbox (
      id uuid primary key,
      kind text not null,
      user_id uuid not null references users (id) on delete cascade,
      ref text not null,
      attempts integer not null default 0,
      next_at timestamptz not null,
      done_at timestamptz,
      gave_up boolean not null default false check (done_at is not null or not gave_up),
      created_at timestamptz not null
    )`,
    "create index outbox_due on outbox (next_at) where done_at is null",
    "create index outbox_of_user on outbox (user_id)",
    "create index outbox_done on outbox (done_at) where done_at is not null",
  ],
};
