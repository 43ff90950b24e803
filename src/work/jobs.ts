import { randomUUID } from "node:crypto";
import type { Database, Handle } from "../database/handle.ts";
import { AppError, errorTable } from "../kernel/errors.ts";
import { isUuid } from "../kernel/ids.ts";
import type { JobEnd, Jobs, NewJob } from "../kernel/ports/jobs.ts";
import type { Sealer } from "../kernel/seal.ts";
import { checkedFiles, sealFile } from "./artifacts.ts";
import { type Backoff, backoffMs, type Random } from "./backoff.ts";
import { type Bell, createBell } from "./bell.ts";
import type { Feed } from "./feed.ts";
import { createHeldRuns, type HeldRuns, type StoppableRun } from "./held-runs.ts";
import { type Claim, claimOf } from "./lease.ts";
import { insertArtifacts } from "./records/artifacts.ts";
import {
  cancelJob,
  type Changed,
  completeJob,
  countUnfinished,
  failJob,
  insertJob,
  type JobError,
  lockRun,
  postponeJob,
  readCancellable,
  showJob,
} from "./records/jobs.ts";
import { type ClaimedJob, claimJobs, endOtherLeases, giveBackJob, untilDue } from "./records/runs.ts";

/** What became of a wish to cancel a job. */
export type Cancelled = "cancelled" | "not_cancellable" | "ended";

/** A job that this process has taken from the queue. */
export interface TakenJob {
  readonly id: string;
  readonly run: StoppableRun;
  /** Puts it back, for any process to take at once. */
  giveBack(): Promise<void>;
  /** True once it was handed over to be closed so often that nobody can be hoped to close it. */
  readonly hopeless: boolean;
  /** Ends it alone: what it is the job of stays as it is. Nothing happens where it is not this run's any more. */
  fail(error: AppError): Promise<void>;
}

/** The jobs as the door needs them, and as a runner does. */
export interface JobRoom extends Jobs<Handle> {
  /**
   * Cancels a job of this person's; null when they have none with this id.
   * @throws AppError `conflict` when it ended at this very moment: then nothing may be committed.
   */
  cancel(handle: Handle, userId: string, id: string, now: Date): Promise<Cancelled | null>;
  /** Takes up to `limit` jobs that are due. */
  take(limit: number): Promise<readonly TakenJob[]>;
  /** Milliseconds until the next job is due; null when none is known. */
  untilDue(): Promise<number | null>;
  /** Rings when there may be something to take. */
  readonly bell: Bell;
  /** Frees at once what dead processes held, where that is known: the embedded database has one process. */
  freeOthers(): Promise<void>;
  /** Aborts every run that is still under way. */
  stop(): void;
  /** Ends what listens. A second call does nothing. */
  close(): Promise<void>;
}

/** What the jobs are kept with. */
export interface JobParts {
  readonly database: Database;
  /** How long a job stays with a process that gives no sign. */
  readonly leaseMs: number;
  readonly feed: Pick<Feed, "announce" | "announceIn">;
  /** Seals files, as answers are. */
  readonly sealer: Sealer;
  /** Closes the operation and the receipt of a job that will not run any more, in the transaction of the handle. */
  readonly closeCancelled: (handle: Handle, id: string, now: Date) => Promise<void>;
  /** Told of what went wrong where nobody waits. */
  readonly report: (error: unknown) => void;
  readonly random?: Random;
  readonly backoff?: Backoff;
}

const CHANNEL = "jobs";
/** Who decides late, or whose workers stood still for a day, is asked anew rather than surprised. */
const WAIT_MS = 24 * 3_600_000;
const BACKOFF: Backoff = { firstMs: 2_000, mostMs: 300_000 };
/** What one person may have begun at once through background tools. */
const MOST_UNFINISHED = 20;
/** Handed over to be closed: a database that fails for a moment is not the end, a secret that was lost is. */
const MOST_CLOSINGS = 3;
/** Jobs that were added as running and have not ended yet; there are never many. */
const MOST_ADDED = 10_000;

const errorOf = ({ code, message, next }: AppError): JobError => ({ code, message, next });

const isMendable = ({ code }: AppError): boolean => errorTable[code].retryable || errorTable[code].http >= 500;

/** What was decided on is never refused. */
async function requireRoom(handle: Handle, { bounded, userId }: NewJob): Promise<void> {
  if (!bounded || (await countUnfinished(handle, userId)) < MOST_UNFINISHED) return;
  throw new AppError("rate_limited", `${MOST_UNFINISHED} jobs wait already.`, {
    next: "Wait until one of them has ended, or let the person cancel one, then call again.",
    details: { retryAfter: 60 },
  });
}

/** Ends and postpones runs. */
function createEnding({ database, feed, sealer, random = Math.random, backoff = BACKOFF }: JobParts) {
  async function postpone(handle: Handle, id: string, claim: Claim, error: AppError): Promise<Changed | null> {
    const attempt = await lockRun(handle, id, claim);
    if (attempt === null) return null;
    const changed = await postponeJob(handle, id, backoffMs(backoff, attempt, random), errorOf(error));
    await database.notify(handle, CHANNEL, "");
    return changed;
  }

  async function endIn(handle: Handle, id: string, claim: Claim, end: JobEnd): Promise<Changed | null> {
    if (end.status === "queued") return postpone(handle, id, claim, end.error);
    if (end.status === "failed")
      return failJob(handle, id, claim, { ...errorOf(end.error), mendable: isMendable(end.error) });
    const files = checkedFiles(end.files);
    const changed = await completeJob(handle, id, claim);
    if (changed) {
      const sealed = files.map((file) => sealFile(sealer, id, file));
      await insertArtifacts(handle, sealed);
    }
    return changed;
  }

  return async (handle: Handle, id: string, lease: string, end: JobEnd): Promise<boolean> => {
    const claim = claimOf(lease);
    const changed = claim && (await endIn(handle, id, claim, end));
    if (changed && !changed.hidden) await feed.announceIn(handle, [changed.userId]);
    return Boolean(changed);
  };
}

/** Remembers of jobs that were added as running whether they have one run only, until that has ended. */
function createLastOnes() {
  const lastOnes = new Map<string, boolean>();
  return {
    remember(id: string, last: boolean): void {
      lastOnes.set(id, last);
      for (const oldest of lastOnes.keys()) {
        if (lastOnes.size <= MOST_ADDED) return;
        lastOnes.delete(oldest);
      }
    },
    isLast: (id: string): boolean => lastOnes.get(id) ?? false,
    forget: (id: string): void => void lastOnes.delete(id),
  };
}

/** What of the jobs only runners use. */
function createTaking(parts: JobParts, holder: string, held: HeldRuns, end: Jobs<Handle>["end"]) {
  const { database, leaseMs, feed, report } = parts;
  const announce = (userIds: readonly string[]): void => void feed.announce(userIds).catch(report);

  async function giveBack(job: ClaimedJob): Promise<void> {
    if (!(await giveBackJob(database.handle, holder, job))) return;
    await database.notify(database.handle, CHANNEL, "");
    announce([job.userId]);
  }

  function taken(job: ClaimedJob): TakenJob {
    const { id, attempt, maxAttempts } = job;
    const isLast = (): boolean => attempt >= maxAttempts;
    const run = held.hold({ ...job, isLast, exhausted: attempt > maxAttempts });
    return {
      id,
      run,
      giveBack: () => giveBack(job),
      hopeless: attempt >= maxAttempts + MOST_CLOSINGS,
      async fail(error) {
        await database.transaction((handle) => end(handle, id, run.lease, { status: "failed", error }));
      },
    };
  }

  return {
    async take(limit: number): Promise<readonly TakenJob[]> {
      const claimed = await claimJobs(database.handle, { holder, leaseMs, limit });
      if (claimed.length > 0) announce(claimed.map(({ userId }) => userId));
      return claimed.map(taken);
    },
    untilDue: () => untilDue(database.handle),
    async freeOthers(): Promise<void> {
      if (database.engine === "pglite") await endOtherLeases(database.handle, holder);
    },
  };
}

/** Opens the jobs of this process: it hears of what was added, and of what was cancelled. */
export async function openJobs(parts: JobParts): Promise<JobRoom> {
  const { database, leaseMs, feed, report } = parts;
  const holder = randomUUID();
  const bell = createBell();
  const announce = (userIds: readonly string[]): void => void feed.announce(userIds).catch(report);
  const held = createHeldRuns({ database, holder, leaseMs, announce, report });
  const lastOnes = createLastOnes();
  const end = createEnding(parts);
  const subscription = await database.listen(CHANNEL, {
    message: (id) => (id === "" ? bell.ring() : held.cancelled(id)),
    resumed() {
      bell.ring();
      void held.check();
    },
  });

  return {
    ...createTaking(parts, holder, held, end),
    async add(handle, job) {
      await requireRoom(handle, job);
      await insertJob(handle, job, { holder, leaseMs, waitMs: WAIT_MS });
      if (job.status === "running") lastOnes.remember(job.id, job.attempts <= 1);
      else await database.notify(handle, CHANNEL, "");
      if (!job.hidden) await feed.announceIn(handle, [job.userId]);
    },
    end,
    async show(id) {
      const userId = await showJob(database.handle, id);
      if (userId !== null) await feed.announce([userId]);
    },
    hold(id) {
      const isLast = (): boolean => lastOnes.isLast(id);
      return held.hold({ id, claims: 1, attempt: 1, isLast, exhausted: false }, () => lastOnes.forget(id));
    },
    async cancel(handle, userId, id, now) {
      const outcome = isUuid(id) ? await readCancellable(handle, userId, id) : null;
      if (outcome !== "cancelled") return outcome;
      // The job last, as when a run ends: two who lock in another order wait for each other.
      await parts.closeCancelled(handle, id, now);
      if (!(await cancelJob(handle, id))) throw new AppError("conflict", "The job went on at this very moment.");
      await database.notify(handle, CHANNEL, id);
      await feed.announceIn(handle, [userId]);
      return outcome;
    },
    bell,
    stop: () => held.stop(),
    async close() {
      held.close();
      await subscription.close();
    },
  };
}
