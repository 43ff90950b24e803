import type { Config } from "../config/config.ts";
import { masterSecretOf, openDataDirectory } from "../database/data-directory.ts";
import type { Database } from "../database/handle.ts";
import { openDatabase } from "../database/open-database.ts";
import { restoreSnapshot } from "../database/restore.ts";
import type { Json } from "../kernel/json.ts";
import { runOperatorCommand } from "../kernel/operator-command.ts";
import { openMigrated } from "./open-migrated.ts";
import { createOperatorCommands } from "./operator-commands.ts";

/** Opens the database without a server, for commands while none runs, and closes it again. */
export async function withDatabase<T>(config: Config, work: (database: Database) => Promise<T>): Promise<T> {
  const directory = openDataDirectory(config.dataDirectory);
  const report = (): void => undefined;
  const database = await openDatabase({ url: config.databaseUrl, directory, clock: () => new Date(), report });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Runs one operator command without a server: opens the database, migrates it, and closes it again.
 * @throws AppError as the command does, and `conflict` when a process owns the directory but does not answer.
 */
export async function offlineCommand(config: Config, name: string, input: unknown): Promise<Json> {
  const directory = openDataDirectory(config.dataDirectory);
  const clock = (): Date => new Date();
  const database = await openMigrated(config, directory, clock, silent);
  try {
    const masterSecret = config.secret ?? masterSecretOf(directory);
    return await runOperatorCommand(createOperatorCommands({ database, clock, config, masterSecret }), name, input);
  } finally {
    await database.close();
  }
}

/** Puts a snapshot in the place of the embedded database, and returns where the former one is kept. */
export const restore = (config: Config, file: string): Promise<string | null> =>
  restoreSnapshot(openDataDirectory(config.dataDirectory), file, () => new Date());
