import { PGlite } from "@electric-sql/pglite";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomToken } from "../src/kernel/ids.ts";

const CACHE = join(import.meta.dirname, "..", "node_modules", ".cache", "bellhop");

/** Makes what is not there yet: whole or not at all, though several tests may make it at the same moment. */
async function madeOnce(suffix: string, make: (draft: string) => Promise<void>): Promise<string> {
  const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, "..", "package.json"), "utf8"));
  const pinned = JSON.stringify(manifest).match(/"@electric-sql\/pglite":"([\d.]+)"/)?.[1] ?? "unpinned";
  const made = join(CACHE, `pglite-${pinned}${suffix}`);
  if (existsSync(made)) return made;
  mkdirSync(CACHE, { recursive: true });
  const draft = `${made}.${randomToken(6)}`;
  await make(draft);
  try {
    renameSync(draft, made);
  } catch (error) {
    // A directory does not take the place of one that another test put there.
    if (!existsSync(made)) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
  return made;
}

/** An empty PGlite directory, packed: unpacking it is several times faster than making one. */
export async function emptyPGlite(): Promise<Blob> {
  const file = await madeOnce(".tar", async (draft) => {
    const pglite = await PGlite.create("memory://");
    const dump = await pglite.dumpDataDir("none");
    await pglite.close();
    writeFileSync(draft, Buffer.from(await dump.arrayBuffer()));
  });
  return new Blob([readFileSync(file)]);
}

/** Puts an empty PGlite directory where a server will look for its own: it would take some seconds to make one. */
export async function putEmptyPGlite(directory: string): Promise<void> {
  const made = await madeOnce("", async (draft) => {
    const pglite = await PGlite.create(draft);
    await pglite.close();
  });
  cpSync(made, directory, { recursive: true });
}
