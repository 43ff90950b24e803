import type { ReceiptKey } from "../kernel/checkpoint.ts";
import { chainFor, exportChain, type ExportParts } from "./export.ts";
import { type ReceiptProof, proofOf } from "./proof.ts";
import { listReceiptKeys } from "./records/receipt-keys.ts";

/** What proves a person's receipts to others. */
export interface ReceiptProofs {
  /** The file of their chain, line by line. @throws AppError `not_found` where they have no receipts. */
  file(userId: string): Promise<AsyncGenerator<string>>;
  /** @throws AppError `not_found`. */
  proof(userId: string, receiptId: string): Promise<ReceiptProof>;
  /** Every public key that ever signed, the newest first. */
  keys(): Promise<readonly ReceiptKey[]>;
}

export const createReceiptProofs = (parts: ExportParts): ReceiptProofs => ({
  file: async (userId) => exportChain(parts, await chainFor(parts, userId)),
  proof: (userId, receiptId) => proofOf(parts, userId, receiptId),
  keys: async () => (await listReceiptKeys(parts.database.handle)).map(({ key }) => key),
});
