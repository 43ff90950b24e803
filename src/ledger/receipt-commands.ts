import * as z from "zod";
import type { Database } from "../database/handle.ts";
import { operatorCommand, type OperatorCommands } from "../kernel/operator-command.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { listReceiptKeys } from "./records/receipt-keys.ts";

/** The operator's commands for the key that signs receipts. Each answers with all keys, the newest first. */
export function receiptCommands({
  database,
  checkpoints,
}: {
  readonly database: Database;
  readonly checkpoints: Checkpoints;
}): OperatorCommands {
  const keys = async () => ({
    keys: (await listReceiptKeys(database.handle)).map(({ key, createdAt, retiredAt }) => ({
      ...key,
      createdAt: createdAt.toISOString(),
      retiredAt: retiredAt?.toISOString() ?? null,
    })),
  });
  const none = z.strictObject({});
  return {
    "receipts.keys": operatorCommand(none, keys),
    "receipts.rotate": operatorCommand(none, async () => {
      await checkpoints.rotate();
      return keys();
    }),
  };
}
