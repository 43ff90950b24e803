import type { Migration } from "../../database/handle.ts";

/**
 * A turn is for one wait: whoever claims, renews, postpones or ends a job uses it up, whatever the statement. The rest is as
 * 0022 has it.
 */
const guard = `create or replace function tool_jobs_changed() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if old.finished_at is not null and (new.status, new.finished_at) is distinct from (old.status, old.finished_at) then
      raise exception 'A job that has ended stays as it ended.' using errcode = 'check_violation',
        constraint = 'tool_jobs_ended';
    end if;
    if (new.status, new.run_at, new.lease_until) is distinct from (old.status, old.run_at, old.lease_until) then
      new.turn := null;
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

/**
 * The turn of a job that waits: one person's many have one turn after the other, and the first of another comes right after
 * the lowest. So an index serves whom a worker takes next, however much waits. Without a turn are jobs that run, that wait for
 * their time, and that are from before: they get one when their time has come.
 *
 * Files are sealed from here on. SQL cannot seal those from before, and nothing was released with them: they are deleted.
 */
export const migration: Migration = {
  name: "0028-work-turns-and-seals",
  statements: [
    "alter table tool_jobs add column turn bigint, add constraint tool_jobs_turn check (turn is null or finished_at is null)",
    guard,
    "drop index tool_jobs_due",
    "create index tool_jobs_front on tool_jobs (turn, due_at) where turn is not null",
    "create index tool_jobs_turns on tool_jobs (user_id, turn) where turn is not null",
    "create index tool_jobs_later on tool_jobs (due_at) where turn is null and due_at is not null",
    "create index tool_jobs_running on tool_jobs (user_id) where status = 'running'",
    "delete from tool_job_artifacts",
    "alter table tool_job_artifacts rename column body to sealed",
  ],
};
