import type { Database } from "../database/handle.ts";
import type { FeedSource } from "./feed.ts";
import { type Job, selectChanged } from "./records/jobs.ts";

/** News of a person's jobs: as each stands now, once for every time at which it is read after a change. */
export const jobNews = (database: Database): FeedSource<{ readonly kind: "job"; readonly job: Job }> => ({
  kind: "job",
  async changedSince(userId, from, limit) {
    const jobs = await selectChanged(database.handle, userId, from, limit);
    return jobs.map((job) => ({ id: job.id, at: job.changedAt, item: { kind: "job", job } }));
  },
});
