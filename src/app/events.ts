import { approvalView } from "../channels/api/approval-routes.ts";
import type { StreamEvent } from "../channels/api/event-stream.ts";
import { receiptView } from "../channels/api/receipt-view.ts";
import type { Feed, Watch } from "../work/feed.ts";
import type { PersonNews } from "./news.ts";

type Titles = ReadonlyMap<string, string>;

/** News as the windows of a person get them: as the routes give the same things. */
function viewOf(item: PersonNews, titles: Titles): Omit<StreamEvent, "id"> {
  if (item.kind === "receipt") return { kind: "receipt", view: receiptView(item.receipt, titles) };
  if (item.kind === "approval") return { kind: "approval", view: approvalView(item.approval, titles) };
  return { kind: "job", view: { id: item.job.id } };
}

/** The events of a person, from the feed. */
export const eventsOf = (feed: Feed<PersonNews>, titles: Titles) =>
  async function* watch(one: Watch): AsyncGenerator<StreamEvent | null> {
    for await (const news of feed.watch(one)) yield news && { id: news.id, ...viewOf(news.item, titles) };
  };
