import type { Handle } from "../database/handle.ts";
import { AppError } from "../kernel/errors.ts";
import type { Receipt } from "../kernel/receipt.ts";
import { type ChainWriter, freshSalt, type Hold } from "./chain-writer.ts";
import { closeReceipt, saltOf } from "./records/receipts.ts";

/** Closes receipts of calls that were opened. */
export interface ReceiptCloser {
  /** Keeps the salt of a call that this process has opened: closing it then costs no question. */
  opened(receiptId: string, salt: string): void;
  /** See the kernel's port. Returns the receipt too. */
  close<T>(
    work: (handle: Handle) => Promise<T>,
    receiptOf: (result: T) => Receipt,
    also?: Also,
  ): Promise<{ readonly result: T; readonly receipt: Receipt }>;
  /** Closes what changed nothing. False when it was not open any more. */
  abandon(receipt: Receipt, also?: Also): Promise<boolean>;
}

/**
 * What else ends with a call, in its transaction and before its chain is held.
 * @returns the receipt as it is to be written.
 */
export type Also = (handle: Handle, receipt: Receipt) => Promise<Receipt>;

const nothingElse: Also = async (_handle, receipt) => receipt;

/** The call was closed by somebody else: nothing of it may be committed. */
export const closedMeanwhile = (): AppError =>
  new AppError("interrupted", "The call took too long and was closed, so nothing was changed.");

/** Closes receipts, each in the transaction that writes its outcome into the chain. */
export function createReceiptCloser(writer: ChainWriter): ReceiptCloser {
  const salts = new Map<string, string>();

  /** Throws when it is not open any more, so that nothing is committed. */
  async function closeIn(handle: Handle, ended: Receipt, hold: Hold, also: Also): Promise<void> {
    const receipt = await also(handle, ended);
    const kind = receipt.doubted ? "evidence" : "outcome";
    const salt = salts.get(receipt.id) ?? (await saltOf(handle, receipt.id)) ?? freshSalt();
    const held = await hold(receipt);
    if (!(await closeReceipt(handle, { receipt, salt }, held.link({ receipt, salt, kind })))) {
      throw closedMeanwhile();
    }
  }

  return {
    opened: (receiptId, salt) => void salts.set(receiptId, salt),
    async close(work, receiptOf, also = nothingElse) {
      const closed = await writer.transaction(async (handle, hold) => {
        const result = await work(handle);
        const receipt = receiptOf(result);
        // Last in the transaction, so that a receipt closed by a sweep meanwhile rolls the change back too.
        await closeIn(handle, receipt, hold, also);
        return { result, receipt };
      });
      salts.delete(closed.receipt.id);
      return closed;
    },
    async abandon(receipt, also = nothingElse) {
      try {
        await writer.transaction((handle, hold) => closeIn(handle, receipt, hold, also));
        return true;
      } catch (error) {
        if (error instanceof AppError && error.code === "interrupted") return false;
        throw error;
      } finally {
        salts.delete(receipt.id);
      }
    },
  };
}
