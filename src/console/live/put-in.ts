import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { isObject } from "../../ui/guards.ts";
import type { Approval, ApprovalPage, WholeApproval } from "../approvals/contract.ts";
import type { Receipt } from "../contract.ts";
import type { Job } from "../jobs/contract.ts";
import { readReceiptFilter } from "../receipt-filter.ts";
import { type ReadApprovals, mergeApproval, mergeWaiting } from "./merge-approval.ts";
import { type ReadReceipts, mergeReceipt } from "./merge-receipt.ts";

/*
 * Puts what arrived by itself into whatever was read. Each says which lists have to be read again all the same, by the
 * first word of their keys: `receipts`, `approvals`, `jobs` for lists; `approval`, `job`, `receipt` for one by its id.
 */

const filterOf = (value: unknown) => readReceiptFilter(isObject(value) ? value : {});

/** Puts a receipt into every list of receipts. */
export function putReceipt(queries: QueryClient, receipt: Receipt): readonly string[] {
  queries.setQueryData<Receipt | null>(["receipt", receipt.id], (before) => (before === undefined ? before : receipt));
  const lists = queries.getQueryCache().findAll({ queryKey: ["receipts"] });
  for (const { queryKey } of lists)
    queries.setQueryData<ReadReceipts>(queryKey, (read) => read && mergeReceipt(read, receipt, filterOf(queryKey[1])));
  // An answer that is on its way may be older than this receipt, and would take it out again.
  return lists.some(({ state }) => state.fetchStatus === "fetching") ? ["receipts"] : [];
}

/** Puts an approval into the list of those that wait, into all, and into its own. Counts are read again: they are the server's. */
export function putApproval(queries: QueryClient, approval: Approval): readonly string[] {
  queries.setQueryData<ApprovalPage>(["approvals", "pending"], (page) => page && mergeWaiting(page, approval));
  queries.setQueryData<ReadApprovals>(["approvals", "all"], (read) => read && mergeApproval(read, approval));
  queries.setQueryData<WholeApproval>(["approval", approval.id], (whole) => whole && { ...whole, ...approval });
  return ["approvals"];
}

/** Jobs as they were read so far, page by page. */
type ReadJobs = InfiniteData<{ readonly jobs: readonly Job[]; readonly next: string | null }, string | null>;

/** An event tells of a job without its answer: what was read of that stays. */
const withAnswer = (job: Job, before: Job | null): Job => ({
  ...job,
  resultPayload: job.resultPayload ?? before?.resultPayload ?? null,
});

/** Puts a job in its own place, and in its place in every list (`["jobs", …]`, read page by page). */
export function putJob(queries: QueryClient, job: Job): readonly string[] {
  const queryKey = ["job", job.id];
  const isBeingRead = queries.getQueryState(queryKey)?.fetchStatus === "fetching";
  const own = queries.setQueryData<Job | null>(queryKey, (before) =>
    before === undefined ? before : withAnswer(job, before),
  );
  // The answer is read at once, and once: until it comes, the page says that the job is done.
  if (own?.status === "completed" && own.resultPayload === null) void queries.invalidateQueries({ queryKey });
  const replaced = (one: Job): Job => (one.id === job.id ? job : one);
  queries.setQueriesData<ReadJobs>({ queryKey: ["jobs"] }, (read) =>
    read ? { ...read, pages: read.pages.map((page) => ({ ...page, jobs: page.jobs.map(replaced) })) } : read,
  );
  // Which lists a job belongs to is the server's to say; how an approved call stands follows its job.
  const followers = queries.getQueryData(["approval", job.id]) === undefined ? [] : ["approval", "approvals"];
  // What is on its way may be older than this event.
  return ["jobs", ...followers, ...(isBeingRead ? ["job"] : [])];
}
