import { setTimeout as pause } from "node:timers/promises";
import { AppError } from "../kernel/errors.ts";
import type { Resume } from "../kernel/resume.ts";
import type { JobRoom, TakenJob } from "./jobs.ts";

/** Runs jobs in this process. */
export interface Runner {
  /** Begins to take jobs. */
  start(): Promise<void>;
  /** Takes no more, aborts what runs, and gives back what could not be finished. A second call does nothing. */
  stop(): Promise<void>;
}

/** What a runner is made of. */
export interface RunnerParts {
  readonly jobs: JobRoom;
  readonly resume: Resume;
  /** Jobs that run at once; with 0 this process runs none. */
  readonly concurrency: number;
  /** How long it waits at most before it looks for itself: a notification may be lost with its connection. */
  readonly lookMs: number;
  /** How long `stop` waits for runs to end. */
  readonly graceMs: number;
  readonly report: (error: unknown) => void;
}

/** After an error of the database. */
const AGAIN_MS = 1_000;

/** What is left to say of a job whose call nobody can close: it may have had its effect. */
const unclosable = (cause: unknown): AppError =>
  new AppError("outcome_unknown", "It was cut short, and what is stored of it cannot be read any more.", {
    next: "Do not call again before it is known whether it happened: ask whoever runs this server.",
    cause,
  });

/** The jobs that run in this process. */
function createRuns({ jobs, resume, report }: RunnerParts, stopping: AbortSignal) {
  const running = new Map<TakenJob, Promise<void>>();

  /** What rejects is left to its lease, but for what we stopped ourselves. */
  async function run(job: TakenJob): Promise<void> {
    try {
      await resume(job.id, job.run);
    } catch (error) {
      if (job.hopeless && !job.run.signal.aborted) await job.fail(unclosable(error)).catch(report);
      job.run.release();
      if (stopping.aborted) await job.giveBack().catch(report);
      else if (!job.run.signal.aborted) report(error);
    } finally {
      job.run.release();
      running.delete(job);
      jobs.bell.ring();
    }
  }

  return {
    count: () => running.size,
    begin: (job: TakenJob) => void running.set(job, Promise.resolve(job).then(run)),
    /** Aborts all of them, and waits for their ends, but not for ever. */
    async stop(graceMs: number): Promise<void> {
      for (const job of running.keys()) job.run.stop();
      const patience = new AbortController();
      const graceOver = pause(graceMs, undefined, { signal: patience.signal }).catch(() => undefined);
      await Promise.race([Promise.all(running.values()), graceOver]);
      patience.abort();
    },
  };
}

/**
 * Takes what is due and runs it, so many at once. It wakes by notification, when the next job is due, and by itself.
 *
 * A job whose process died is taken again when its lease runs out. A job whose attempts are used up is handed over once
 * more, as `exhausted`: `resume` then begins nothing and closes the operation, so that none stays open. Should even that be
 * cut short, it is handed over again, some times. Where nobody can close it (what is sealed does not open, since the master
 * secret is another), the job alone is ended as failed, so that it does not come back for ever.
 */
export function createRunner(parts: RunnerParts): Runner {
  const { jobs, concurrency, lookMs, graceMs, report } = parts;
  const stopping = new AbortController();
  const runs = createRuns(parts, stopping.signal);
  let working = Promise.resolve();

  /** @returns false when there may be more to take at once. */
  async function takeSome(): Promise<boolean> {
    const free = concurrency - runs.count();
    if (free <= 0) return true;
    const taken = await jobs.take(free);
    for (const job of taken) runs.begin(job);
    return taken.length < free;
  }

  async function untilNext(): Promise<number> {
    if (runs.count() >= concurrency) return lookMs;
    return Math.min(lookMs, Math.max(20, (await jobs.untilDue()) ?? lookMs));
  }

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        if (await takeSome()) await jobs.bell.wait(await untilNext(), stopping.signal);
      } catch (error) {
        report(error);
        await pause(AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  return {
    async start() {
      await jobs.freeOthers();
      if (concurrency > 0) working = work();
    },
    async stop() {
      stopping.abort();
      await working;
      await runs.stop(graceMs);
    },
  };
}
