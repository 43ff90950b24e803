import type { Database } from "../database/handle.ts";
import { lowestIdAt, timeOfId } from "../kernel/ids.ts";
import type { Receipt } from "../kernel/receipt.ts";
import { selectClosedSince } from "./records/receipts.ts";

/** A receipt that closed, as news. Its time is that of the beginning of its call, which its id tells. */
interface ReceiptNews {
  readonly id: string;
  readonly at: Date;
  readonly item: { readonly kind: "receipt"; readonly receipt: Receipt };
}

/** News of a person's receipts: a source of the feed. */
export const receiptNews = (database: Database) => ({
  kind: "receipt",
  async changedSince(userId: string, from: Date, limit: number): Promise<readonly ReceiptNews[]> {
    const receipts = await selectClosedSince(database.handle, userId, lowestIdAt(from), limit);
    return receipts.map((receipt) => ({
      id: receipt.id,
      at: timeOfId(receipt.id),
      item: { kind: "receipt", receipt },
    }));
  },
});
