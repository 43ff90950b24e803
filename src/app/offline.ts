import type { Config } from "../config/config.ts";
import { openDataDirectory } from "../database/data-directory.ts";
import type { Database } from "../database/handle.ts";
import { openDatabase } from "../database/open-database.ts";
import { restoreSnapshot } from "../database/restore.ts";

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

/** Puts a snapshot in the place of the embedded database, and returns where the former one is kept. */
export const restore = (config: Config, file: string): Promise<string | null> =>
  restoreSnapshot(openDataDirectory(config.dataDirectory), file, () => new Date());

/** The command socket of a data directory. */
export const commandSocket = (config: Config): string => openDataDirectory(config.dataDirectory).socket;
