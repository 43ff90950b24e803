import type { Database } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Receipt } from "../kernel/receipt.ts";
import { approvalNews } from "../ledger/approval-news.ts";
import type { Approval } from "../ledger/approval.ts";
import type { Approvals } from "../ledger/approvals.ts";
import { receiptNews } from "../ledger/receipt-news.ts";
import { lateReceiptNews } from "./late-receipts.ts";
import { type Feed, type FeedSource, openFeed } from "../work/feed.ts";
import { jobNews } from "../work/job-news.ts";
import type { Job } from "../work/records/jobs.ts";

/** What a person's window is told of: each room's own rows, tagged with what they are. */
export type PersonNews =
  | { readonly kind: "receipt"; readonly receipt: Receipt }
  | { readonly kind: "approval"; readonly approval: Approval }
  | { readonly kind: "job"; readonly job: Job };

/** Opens the feed over every room that has news. A further source is one line here. */
export function openNews(
  database: Database,
  clock: Clock,
  approvals: Pick<Approvals, "changedSince">,
): Promise<Feed<PersonNews>> {
  const sources: readonly FeedSource<PersonNews>[] = [
    receiptNews(database),
    lateReceiptNews(database),
    approvalNews(approvals),
    jobNews(database),
  ];
  return openFeed({ database, clock, sources });
}
