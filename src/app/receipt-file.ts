import { findUserByEmail } from "../accounts/records/roles.ts";
import type { Config } from "../config/config.ts";
import { masterSecretOf, openDataDirectory } from "../database/data-directory.ts";
import { createCheckpoints } from "../ledger/checkpoints.ts";
import { chainFor, exportChain, type ExportParts } from "../ledger/export.ts";
import { openMigrated } from "./open-migrated.ts";

/**
 * The file of a person's receipts, line by line.
 * @param user their address or id; or the id of a chain, which also those have that were erased.
 * @throws AppError `not_found`, before the first line.
 */
export async function receiptFileOf(parts: ExportParts, user: string): Promise<AsyncGenerator<string>> {
  const address = user.trim().toLowerCase();
  const id = address.includes("@") ? await findUserByEmail(parts.database.handle, address) : address;
  return exportChain(parts, await chainFor(parts, id ?? address));
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The same without a server: opens the database, migrates it, and closes it at the end of the file. */
export async function* offlineReceiptFile(config: Config, user: string): AsyncGenerator<string> {
  const directory = openDataDirectory(config.dataDirectory);
  const clock = (): Date => new Date();
  const database = await openMigrated(config, directory, clock, silent);
  try {
    const masterSecret = config.secret ?? masterSecretOf(directory);
    const checkpoints = createCheckpoints(database, clock, masterSecret);
    yield* await receiptFileOf({ database, clock, checkpoints }, user);
  } finally {
    await database.close();
  }
}
