import { readFileSync } from "node:fs";
import { run } from "./child.mjs";
import { inRoot } from "./paths.mjs";

/** @typedef {{ packages: Record<string, { version?: string, integrity?: string, optional?: boolean }> }} Lockfile */

/** @returns {Lockfile | undefined} */
function read(/** @type {string} */ path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * True when what is installed is what the lockfile names. npm leaves its own list in node_modules at the very end of an
 * install, so one that was broken off does not count; only packages for other platforms may be absent.
 */
function isInstalled() {
  const wanted = read(inRoot("package-lock.json"));
  const present = read(inRoot("node_modules", ".package-lock.json"));
  if (!wanted || !present) return false;
  return Object.entries(wanted.packages).every(([path, entry]) => {
    if (path === "") return true;
    const found = present.packages[path];
    return found ? found.version === entry.version && found.integrity === entry.integrity : entry.optional === true;
  });
}

/** Installs what the lockfile names, unless it is there. Says so in one line; ends the process when npm fails. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  console.log("Installing packages ...");
  const args = ["ci", "--include=dev", "--include=optional", "--loglevel=error"];
  const npm = process.env["npm_execpath"];
  const { ok, output } = npm ? await run(process.execPath, [npm, ...args]) : await run("npm", args);
  if (ok) return;
  console.error(`${output}\nThe packages could not be installed; npm's reason is above.`);
  process.exit(1);
}
