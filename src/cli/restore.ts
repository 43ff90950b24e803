import { restore as restoreSnapshot } from "../app/offline.ts";
import { AppError } from "../kernel/errors.ts";
import { readConfiguration } from "./configuration.ts";

/** `npm start -- restore FILE`: puts a snapshot in the place of the embedded database; no server may run. */
export async function restore(file: string | undefined): Promise<void> {
  if (!file) throw new AppError("invalid_request", "Name the snapshot.", { next: "npm start -- restore FILE" });
  const config = readConfiguration();
  if (config.databaseUrl) {
    throw new AppError("invalid_request", "Snapshots are for the embedded database.", {
      next: "Restore PostgreSQL with its own tools, such as pg_restore.",
    });
  }
  const former = await restoreSnapshot(config, file);
  console.log(`Restored ${file}.${former ? ` The former database is kept at ${former}.` : ""}`);
}
