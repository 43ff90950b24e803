import type { Database, Handle } from "../database/handle.ts";
import type { Receipt } from "../kernel/receipt.ts";
import { selectWhole } from "../ledger/records/receipts.ts";
import type { FeedSource } from "../work/feed.ts";
import { type Job, selectChanged } from "../work/records/jobs.ts";

/** A receipt that closed with its job. */
interface LateReceipt {
  readonly id: string;
  readonly at: Date;
  readonly item: { readonly kind: "receipt"; readonly receipt: Receipt };
}

/** The closed receipts of those jobs that have ended. */
async function receiptsOf(handle: Handle, jobs: readonly Job[]): Promise<readonly LateReceipt[]> {
  const ended = jobs.filter(({ finishedAt }) => finishedAt !== null);
  if (ended.length === 0) return [];
  const ids = ended.map(({ id }) => id);
  const receipts = await selectWhole(handle, ids);
  return ended.flatMap(({ id, changedAt: at }): readonly LateReceipt[] => {
    const receipt = receipts.get(id)?.receipt;
    return receipt && receipt.outcome !== "open" ? [{ id, at, item: { kind: "receipt", receipt } }] : [];
  });
}

/**
 * News of receipts that closed long after their ids were made: those of jobs, such as of what a person approved the next day.
 * Receipts are read by their ids, some minutes back and no further; a job has the id of its receipt, and the time of its end.
 * One that closed at once comes from both sources, and is the same.
 */
export const lateReceiptNews = ({ handle }: Database): FeedSource<LateReceipt["item"]> => ({
  kind: "late receipt",
  async changedSince(userId, from, limit) {
    const found = new Map<string, LateReceipt>();
    // A full page of jobs may hold fewer receipts than were asked for, and is not the end.
    for (let since = from; ;) {
      const jobs = await selectChanged(handle, userId, since, limit);
      for (const receipt of await receiptsOf(handle, jobs)) found.set(receipt.id, receipt);
      const last = jobs.at(-1)?.changedAt;
      if (found.size >= limit || jobs.length < limit || last === undefined || last <= since) break;
      since = last;
    }
    return [...found.values()].slice(0, limit);
  },
});
