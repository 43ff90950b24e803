import { approvalView } from "../channels/api/approval-routes.ts";
import type { StreamEvent } from "../channels/api/event-stream.ts";
import { type JobViewParts, jobViews } from "../channels/api/job-view.ts";
import { receiptView } from "../channels/api/receipt-view.ts";
import type { Feed, Watch } from "../work/feed.ts";
import type { PersonNews } from "./news.ts";

/** News as the windows of a person get them: as the routes give the same things. */
async function viewOf(jobs: JobViewParts, userId: string, item: PersonNews): Promise<Omit<StreamEvent, "id">> {
  const { kind } = item;
  if (item.kind === "receipt") return { kind, view: receiptView(item.receipt, jobs.titles) };
  if (item.kind === "approval") return { kind, view: approvalView(item.approval, jobs.titles) };
  const [view] = await jobViews(jobs, userId, [item.job]);
  return { kind, view };
}

/** The events of a person, from the feed. */
export const eventsOf = (feed: Feed<PersonNews>, jobs: JobViewParts) =>
  async function* watch(one: Watch): AsyncGenerator<StreamEvent | null> {
    for await (const news of feed.watch(one))
      yield news && { id: news.id, ...(await viewOf(jobs, one.userId, news.item)) };
  };
