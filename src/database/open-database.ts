import type { Clock } from "../kernel/clock.ts";
import { type DataDirectory } from "./data-directory.ts";
import { lockDirectory } from "./directory-lock.ts";
import type { Database } from "./handle.ts";
import { openPGlite } from "./pglite.ts";
import { openPostgres } from "./postgres.ts";
import { socketAnswers } from "./socket-answers.ts";

interface OpenParts {
  /** PostgreSQL; absent means the embedded database in the data directory, which this process then owns alone. */
  readonly url: string | undefined;
  readonly directory: DataDirectory;
  readonly clock: Clock;
  readonly report: (error: Error) => void;
}

/**
 * Opens the database that the settings name.
 * @throws AppError `conflict` when another process owns the directory, `unavailable` when PostgreSQL does not answer.
 */
export async function openDatabase(parts: OpenParts): Promise<Database> {
  if (parts.url) return openPostgres({ url: parts.url, report: parts.report });
  const lock = lockDirectory(parts.directory.path, await socketAnswers(parts.directory.socket));
  const embedded = {
    directory: parts.directory.database,
    snapshotDirectory: parts.directory.snapshots,
    clock: parts.clock,
  };
  const database = await openPGlite(embedded).catch((error: unknown) => {
    lock.release();
    throw error;
  });
  return { ...database, close: () => database.close().finally(() => lock.release()) };
}
