import type { Database, Handle } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Feed } from "./feed.ts";
import { deleteEnded, expireJob, selectOverdue } from "./records/jobs.ts";
import { deleteDone } from "./records/outbox.ts";

/** What a sweep of the work room needs. */
export interface WorkSweepParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly feed: Pick<Feed, "announceIn">;
  /** See the parts of the jobs. */
  readonly closeCancelled: (handle: Handle, id: string, now: Date) => Promise<void>;
}

/** Ended jobs stay for so long, with their files. */
export const KEPT_DAYS = 30;
const OUTBOX_DAYS = 7;
const SWEPT = 200;

/** Ends jobs that waited too long for their first run, and deletes what ended long ago. Returns how many expired. */
export async function sweepWork({ database, clock, feed, closeCancelled }: WorkSweepParts): Promise<number> {
  let expired = 0;
  for (const { id, userId } of await selectOverdue(database.handle, SWEPT)) {
    const done = await database.transaction(async (handle) => {
      if (!(await expireJob(handle, id))) return false;
      await closeCancelled(handle, id, clock());
      await feed.announceIn(handle, [userId]);
      return true;
    });
    if (done) expired += 1;
  }
  await deleteEnded(database.handle, KEPT_DAYS);
  await deleteDone(database.handle, OUTBOX_DAYS);
  return expired;
}
