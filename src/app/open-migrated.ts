import type { Config } from "../config/config.ts";
import type { DataDirectory } from "../database/data-directory.ts";
import type { Database } from "../database/handle.ts";
import { openDatabase } from "../database/open-database.ts";
import type { Clock } from "../kernel/clock.ts";
import { migrations } from "./migrations.ts";
import type { Log } from "./parts.ts";

/** Opens the database, after a snapshot when an older one is about to be migrated. */
export async function openMigrated(
  config: Config,
  directory: DataDirectory,
  clock: Clock,
  log: Log,
): Promise<Database> {
  const report = (error: Error): void => log.error({ reason: error.message }, "A database connection broke.");
  const database = await openDatabase({ url: config.databaseUrl, directory, clock, report });
  try {
    if (database.engine === "pglite" && (await database.outdated(migrations))) await database.snapshot();
    await database.migrate(migrations);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}
