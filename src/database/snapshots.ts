import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Snapshots kept; older ones are removed when a new one is written. */
const KEEP = 7;
const NAME = /^bellhop-\d{8}T\d{6}\d{3}Z\.tar\.gz$/;

const nameFor = (now: Date): string => `bellhop-${now.toISOString().replaceAll(/[-:.]/g, "")}.tar.gz`;

/** Writes a packed data directory as a new snapshot, whole or not at all, and returns its path. */
export async function writeSnapshot(directory: string, now: Date, dump: Blob): Promise<string> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, nameFor(now));
  await writeFile(`${path}.part`, Buffer.from(await dump.arrayBuffer()), { mode: 0o600, flush: true });
  renameSync(`${path}.part`, path);
  const old = readdirSync(directory)
    .filter((name) => NAME.test(name))
    .toSorted()
    .slice(0, -KEEP);
  for (const name of old) rmSync(join(directory, name), { force: true });
  return path;
}
