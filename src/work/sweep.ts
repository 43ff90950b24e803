import type { Database, Handle } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Feed } from "./feed.ts";
import { deleteEnded, expireJob, selectOverdue } from "./records/jobs.ts";
import { deleteDone, giveUpOld } from "./records/outbox.ts";

/** What a sweep of the work room needs. */
export interface WorkSweepParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly feed: Pick<Feed, "announceIn">;
  /** Closes the operation of a job that no worker took, in the transaction of the handle; its receipt follows. */
  readonly closeExpired: (handle: Handle, id: string, now: Date) => Promise<void>;
}

/** Ended jobs stay for so long, with their files. */
export const KEPT_DAYS = 30;
const OUTBOX_DAYS = 7;
const SWEPT = 200;
/** After a day without workers there may be many: what waits behind them is looked for past them. */
const MOST_BATCHES = 25;

/** Thrown to undo what was done for a job that is not overdue any more. */
class NotOverdue extends Error {}

async function expire(parts: WorkSweepParts, { id, userId }: { readonly id: string; readonly userId: string }) {
  try {
    await parts.database.transaction(async (handle) => {
      // The job last, as when a run ends.
      await parts.closeExpired(handle, id, parts.clock());
      if (!(await expireJob(handle, id))) throw new NotOverdue();
      await parts.feed.announceIn(handle, [userId]);
    });
    return true;
  } catch (error) {
    if (error instanceof NotOverdue) return false;
    throw error;
  }
}

/**
 * Ends jobs that waited too long for their first run, gives up messages that have waited for a week, such as those that
 * nobody knows how to say, and deletes what ended long ago. Returns how many jobs expired.
 */
export async function sweepWork(parts: WorkSweepParts): Promise<number> {
  const { handle } = parts.database;
  let expired = 0;
  for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
    const overdue = await selectOverdue(handle, SWEPT);
    for (const job of overdue) if (await expire(parts, job)) expired += 1;
    if (overdue.length < SWEPT) break;
  }
  await deleteEnded(handle, KEPT_DAYS);
  await giveUpOld(handle, OUTBOX_DAYS);
  await deleteDone(handle, OUTBOX_DAYS);
  return expired;
}
