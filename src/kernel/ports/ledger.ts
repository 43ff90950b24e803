import type { Receipt } from "../receipt.ts";

/**
 * What opens and closes every effect, and proves every call.
 * @typeParam Handle a database handle; the kernel never looks inside.
 */
export interface Ledger<Handle> {
  /** Commits the receipt of a call that changed nothing. Calls that wait together commit together. */
  record(receipt: Receipt): Promise<void>;
  /** Commits the intent: a receipt with outcome `open`, before anything is changed. */
  open(receipt: Receipt): Promise<void>;
  /**
   * Runs `work` and closes the open receipt in one transaction: the change and its receipt commit together or not at all.
   * Fails, and changes nothing, when the receipt is no longer open.
   */
  close<T>(work: (handle: Handle) => Promise<T>, settle: (result: T) => Receipt): Promise<T>;
  /** Closes the open receipt of a call that changed nothing after all. */
  abandon(receipt: Receipt): Promise<void>;
}
