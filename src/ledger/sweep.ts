import type { Database } from "../database/handle.ts";
import { type Clock, after } from "../kernel/clock.ts";
import type { Receipt } from "../kernel/receipt.ts";
import { type ChainWriter, freshSalt } from "./chain-writer.ts";
import type { Chains } from "./chains.ts";
import type { ReceiptCloser } from "./receipt-closer.ts";
import { insertRecord } from "./records/chains.ts";
import { saltReceipt, selectInterrupted, selectUnchained, sweepErased } from "./records/receipts.ts";

interface SweepParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly chains: Chains;
  readonly writer: ChainWriter;
  readonly closer: ReceiptCloser;
}

/** Longer than any call may take: a receipt still open then belongs to a dead process. */
const INTERRUPTED_AFTER_SECONDS = 120;
/** Receipts that one sweep closes, and takes in; what is left waits a minute. */
const SWEPT = 500;

/** A receipt that is older than the chain gets a record of what it says now. */
const takeIn = (writer: ChainWriter, receipt: Receipt): Promise<void> =>
  writer.transaction(async (handle, hold) => {
    const salt = freshSalt();
    const held = await hold(receipt);
    if (await saltReceipt(handle, { receipt, salt })) {
      await insertRecord(handle, held.link({ receipt, salt, kind: "anchor" }));
    }
  });

/** Does what no call does: see the ledger's `sweep`. */
export async function sweepReceipts({
  database,
  clock,
  chains,
  writer,
  closer,
}: SweepParts): Promise<readonly string[]> {
  const before = after(clock(), -INTERRUPTED_AFTER_SECONDS);
  const dead = await selectInterrupted(database.handle, before, SWEPT);
  const older = await selectUnchained(database.handle, SWEPT);
  await chains.ready([...dead, ...older].map(({ userId }) => userId));
  const closed: string[] = [];
  for (const receipt of dead) {
    if (await closer.abandon({ ...receipt, outcome: "failed", code: "interrupted" })) closed.push(receipt.userId);
  }
  for (const receipt of older) await takeIn(writer, receipt);
  await sweepErased(database.handle, before);
  return closed;
}
