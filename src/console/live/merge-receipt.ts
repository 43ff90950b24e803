import type { InfiniteData } from "@tanstack/react-query";
import type { Receipt, ReceiptPage } from "../contract.ts";
import { type ReceiptFilter, isAmong } from "../receipt-filter.ts";

/** Receipts as they were read so far, page by page. */
export type ReadReceipts = InfiniteData<ReceiptPage, string | null>;

const without = (page: ReceiptPage, id: string): ReceiptPage => ({
  ...page,
  receipts: page.receipts.filter((receipt) => receipt.id !== id),
});

const placedIn = (page: ReceiptPage, receipt: Receipt): ReceiptPage => {
  const at = page.receipts.findIndex(({ startedAt }) => startedAt <= receipt.startedAt);
  return { ...page, receipts: page.receipts.toSpliced(at === -1 ? page.receipts.length : at, 0, receipt) };
};

/** The page whose time a receipt falls into; -1 for one that is older than all that was read. */
const pageFor = (pages: readonly ReceiptPage[], { startedAt }: Receipt): number =>
  pages.findIndex(({ receipts, next }) => next === null || (receipts.at(-1)?.startedAt ?? "") <= startedAt);

/**
 * Puts a receipt that arrived by itself where it belongs among those that were read: a new one on top, one that was
 * under way in its own place. One that came before changes nothing twice.
 */
export function mergeReceipt(read: ReadReceipts, receipt: Receipt, filter: ReceiptFilter): ReadReceipts {
  const others = read.pages.map((page) => without(page, receipt.id));
  if (!isAmong(filter, receipt)) return { ...read, pages: others };
  const target = pageFor(others, receipt);
  return { ...read, pages: others.map((page, index) => (index === target ? placedIn(page, receipt) : page)) };
}
