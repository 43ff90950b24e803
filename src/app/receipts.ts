import type { Database } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import { createCheckpoints } from "../ledger/checkpoints.ts";
import { createLedger, type ReceiptLedger } from "../ledger/ledger.ts";
import { createReceiptProofs } from "../ledger/proofs.ts";
import type { Log } from "./parts.ts";

interface ReceiptParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly masterSecret: string;
  readonly log: Log;
  readonly feed: { announce(userIds: readonly string[]): Promise<void> };
}

/** The book of receipts, and what proves them. A sweep signs what is new. */
export function openReceipts({ database, clock, masterSecret, log, feed }: ReceiptParts) {
  const announce = (userIds: readonly string[]): void => {
    // The receipts are committed, so who misses this news finds them at the next.
    feed.announce(userIds).catch((error: unknown) => log.error({ err: error }, "News of receipts was not sent."));
  };
  const checkpoints = createCheckpoints(database, clock, masterSecret);
  const bare = createLedger(database, clock, announce);
  const ledger: ReceiptLedger = {
    ...bare,
    async sweep() {
      const closed = await bare.sweep();
      await checkpoints.make();
      return closed;
    },
  };
  return { ledger, checkpoints, proofs: createReceiptProofs({ database, clock, checkpoints }) };
}
