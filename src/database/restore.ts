import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { AppError } from "../kernel/errors.ts";
import type { Clock } from "../kernel/clock.ts";
import type { DataDirectory } from "./data-directory.ts";
import { lockDirectory } from "./directory-lock.ts";
import { openPGlite } from "./pglite.ts";
import { socketAnswers } from "./socket-answers.ts";

function readSnapshot(file: string): Blob {
  try {
    return new Blob([readFileSync(file)]);
  } catch (cause) {
    throw new AppError("not_found", `The snapshot ${file} cannot be read.`, {
      cause,
      next: "Name a file of the snapshots folder in the data directory.",
    });
  }
}

/**
 * Puts a snapshot in the place of the embedded database. The database that was there is kept beside it, and comes back
 * when the snapshot cannot be opened.
 * @returns where the former database lies now, or null when there was none.
 * @throws AppError `not_found`, `conflict` while a server runs, `unavailable` when the file is no snapshot.
 */
export async function restoreSnapshot(directory: DataDirectory, file: string, clock: Clock): Promise<string | null> {
  const snapshot = readSnapshot(file);
  const lock = lockDirectory(directory.path, await socketAnswers(directory.socket));
  const former = `${directory.database}-before-${clock().toISOString().replaceAll(/[-:.]/g, "")}`;
  const had = readdirSync(directory.database).length > 0;
  try {
    if (had) renameSync(directory.database, former);
    mkdirSync(directory.database, { recursive: true, mode: 0o700 });
    await openRestored(directory, snapshot, clock).catch((cause: unknown) => {
      if (existsSync(directory.database)) rmSync(directory.database, { recursive: true, force: true });
      if (had) renameSync(former, directory.database);
      throw new AppError("unavailable", `${file} is not a snapshot that can be opened. Nothing was changed.`, {
        cause,
      });
    });
  } finally {
    lock.release();
  }
  return had ? former : null;
}

async function openRestored(directory: DataDirectory, from: Blob, clock: Clock): Promise<void> {
  const database = await openPGlite({ directory: directory.database, clock, from });
  try {
    await database.query("select 1", []);
  } finally {
    await database.close();
  }
}
