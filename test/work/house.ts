import { sql } from "kysely";
import { usersTable } from "../toolsets/door.ts";
import type { Database, Handle } from "../../src/database/handle.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { uuidv7 } from "../../src/kernel/ids.ts";
import type { JobEnd, JobRun, NewJob } from "../../src/kernel/ports/jobs.ts";
import type { Resume } from "../../src/kernel/resume.ts";
import { createSealer } from "../../src/kernel/seal.ts";
import { openFeed } from "../../src/work/feed.ts";
import { jobNews } from "../../src/work/job-news.ts";
import { type JobParts, openJobs } from "../../src/work/jobs.ts";
import { migrations } from "../../src/work/migrations/index.ts";
import { type Job, selectJob } from "../../src/work/records/jobs.ts";
import { createRunner, type RunnerParts } from "../../src/work/runner.ts";

/** The tables of this room, and all that it may know of people. */
export const workTables = [usersTable, ...migrations];

/** The room of one process over a test's database. */
export type WorkHouse = Awaited<ReturnType<typeof openWorkHouse>>;

/** Opens the room as a process does. `closed` lists the operations that it had closed as cancelled. */
export async function openWorkHouse(database: Database, change: Partial<JobParts> = {}) {
  const problems: unknown[] = [];
  const closed: string[] = [];
  const feed = await openFeed({ database, clock: () => new Date(), sources: [jobNews(database)] });
  const sealer = createSealer("a master secret of these tests alone", "operations");
  const closeCancelled = async (_handle: Handle, id: string): Promise<void> => void closed.push(id);
  const jobs = await openJobs({
    database,
    leaseMs: 30_000,
    feed,
    sealer,
    closeCancelled,
    report: (error) => problems.push(error),
    random: () => 0.5,
    backoff: { firstMs: 40, mostMs: 100 },
    ...change,
  });

  async function person(): Promise<string> {
    const id = uuidv7(new Date());
    await sql`insert into users (id) values (${id})`.execute(database.handle);
    return id;
  }

  /** Adds a job, of somebody new where nobody is named. */
  async function add(job: Partial<NewJob> = {}): Promise<{ readonly id: string; readonly userId: string }> {
    const now = new Date();
    const userId = job.userId ?? (await person());
    const id = job.id ?? uuidv7(now);
    const whole: NewJob = {
      clientId: "client_1",
      tool: "account_report",
      status: "queued",
      cancellable: true,
      attempts: 3,
      hidden: false,
      bounded: false,
      now,
      ...job,
      id,
      userId,
    };
    await database.transaction((handle) => jobs.add(handle, whole));
    return { id, userId };
  }

  const end = (id: string, run: Pick<JobRun, "lease">, how: JobEnd): Promise<boolean> =>
    database.transaction((handle) => jobs.end(handle, id, run.lease, how));

  const find = async ({ id, userId }: { readonly id: string; readonly userId: string }): Promise<Job> => {
    const job = await selectJob(database.handle, userId, id);
    if (!job) throw new Error("The job is gone.");
    return job;
  };

  const runner = (resume: Resume, more: Partial<RunnerParts> = {}) =>
    createRunner({
      jobs,
      resume,
      concurrency: 4,
      lookMs: 100,
      graceMs: 5_000,
      report: (error) => problems.push(error),
      ...more,
    });

  async function close(): Promise<void> {
    jobs.stop();
    await jobs.close();
    await feed.close();
  }

  return { database, feed, sealer, jobs, closed, problems, closeCancelled, person, add, end, find, runner, close };
}

/** How a run ends well. */
export const completed: JobEnd = { status: "completed", files: [] };
/** How a run fails so that another may follow. */
export const again: JobEnd = { status: "queued", error: new AppError("unavailable", "It is not there now.") };
