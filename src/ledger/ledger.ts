import type { Database, Handle } from "../database/handle.ts";
import { type Clock, after } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { Ledger } from "../kernel/ports/ledger.ts";
import type { Receipt } from "../kernel/receipt.ts";
import { createGroupCommit } from "./group-commit.ts";
import {
  closeInterrupted,
  closeReceipt,
  insertReceipts,
  type ReceiptQuery,
  selectReceipts,
  selectTools,
  sweepErased,
} from "./records/receipts.ts";

/** A page of a person's receipts, newest first. */
export interface ReceiptPage {
  readonly receipts: readonly Receipt[];
  /** Pass as `before` for the next page; null on the last one. */
  readonly next: string | null;
}

/** The ledger, and what may be read of it. */
export interface ReceiptLedger extends Ledger<Handle> {
  page(query: ReceiptQuery): Promise<ReceiptPage>;
  /** The tools that a person's receipts name, in no order: the known ones, and some of the others. */
  tools(userId: string, known: readonly string[]): Promise<readonly string[]>;
  /** Closes as `interrupted` the calls that died with their process; erases what calls of erased people left. Returns how many it closed. */
  sweep(): Promise<number>;
}

/** Longer than any call may take: a receipt still open then belongs to a dead process. */
const INTERRUPTED_AFTER_SECONDS = 120;

/**
 * Builds the ledger over its own tables.
 * @param announce told whose receipts have just been committed; it neither delays nor fails a call.
 */
export function createLedger(
  database: Database,
  clock: Clock,
  announce: (userIds: readonly string[]) => void = () => undefined,
): ReceiptLedger {
  const commit = createGroupCommit<Receipt>(async (receipts) => {
    await insertReceipts(database.handle, receipts);
    const closed = receipts.filter((receipt) => receipt.outcome !== "open");
    if (closed.length > 0) announce(closed.map((receipt) => receipt.userId));
  });

  async function close<T>(work: (handle: Handle) => Promise<T>, settle: (result: T) => Receipt): Promise<T> {
    const closed = await database.transaction(async (handle) => {
      const result = await work(handle);
      const receipt = settle(result);
      // Last in the transaction, so that a receipt closed by a sweep meanwhile rolls the change back too.
      const open = await closeReceipt(handle, receipt);
      if (!open) throw new AppError("interrupted", "The call took too long and was closed, so nothing was changed.");
      return { result, receipt };
    });
    announce([closed.receipt.userId]);
    return closed.result;
  }

  async function page(query: ReceiptQuery): Promise<ReceiptPage> {
    const receipts = await selectReceipts(database.handle, { ...query, limit: query.limit + 1 });
    const shown = receipts.slice(0, query.limit);
    return { receipts: shown, next: receipts.length > shown.length ? (shown.at(-1)?.id ?? null) : null };
  }

  async function sweep(): Promise<number> {
    const before = after(clock(), -INTERRUPTED_AFTER_SECONDS);
    const userIds = await closeInterrupted(database.handle, before, "interrupted");
    if (userIds.length > 0) announce(userIds);
    await sweepErased(database.handle, before);
    return userIds.length;
  }

  return {
    record: commit,
    open: commit,
    close,
    async abandon(receipt) {
      await closeReceipt(database.handle, receipt);
      announce([receipt.userId]);
    },
    page,
    tools: (userId, known) => selectTools(database.handle, userId, known),
    sweep,
  };
}
