import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environmentWith, run } from "./child.mjs";
import { inRoot } from "./paths.mjs";

/**
 * @typedef {object} Target
 * @property {string} name
 * @property {RegExp} sources paths under src/ that it is made of
 * @property {readonly string[]} settings other files that decide how it is made
 * @property {string} output a path that is there when it is built
 * @property {readonly string[]} command
 */

const vite = inRoot("node_modules", "vite", "bin", "vite.js");

const serverSources = /^(?!(ui|console)\/).*(?<!\.test)\.ts$/;

/** @type {readonly Target[]} */
const targets = [
  {
    name: "server",
    sources: serverSources,
    settings: ["tsconfig.json", "tsconfig.build.json"],
    output: "dist/cli/bellhop.js",
    command: [inRoot("node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.build.json"],
  },
  {
    name: "console",
    sources: /^(?!.*\.test\.)(ui|console)\//,
    settings: ["vite.console.ts"],
    output: "dist/console",
    command: [vite, "build", "-c", "vite.console.ts", "--logLevel", "warn"],
  },
  {
    name: "widgets",
    sources: /^(?!.*\.test\.)(ui\/|toolsets\/.*(?<!\.ts)$)/,
    settings: ["vite.widgets.ts"],
    output: "dist/widgets",
    command: [vite, "build", "-c", "vite.widgets.ts", "--logLevel", "warn"],
  },
];

/** Every file under src/, with forward slashes, in one order everywhere. */
const sourceFiles = () =>
  readdirSync(inRoot("src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(inRoot("src").length + 1)
        .replaceAll("\\", "/"),
    )
    .toSorted();

/** Where every file is that the server is made of. */
export const serverFiles = () =>
  sourceFiles()
    .filter((path) => serverSources.test(path))
    .map((path) => inRoot("src", path));

/** One line that changes when anything that the target is made of changes. */
function stampOf(/** @type {Target} */ target, /** @type {readonly string[]} */ sources) {
  const hash = createHash("sha256");
  const inputs = sources.filter((path) => target.sources.test(path)).map((path) => `src/${path}`);
  for (const path of [...inputs, ...target.settings, "package-lock.json"])
    hash
      .update(`${path}\0`)
      .update(readFileSync(inRoot(path)))
      .update("\0");
  return hash.digest("hex");
}

const stampPath = (/** @type {Target} */ target) => inRoot("dist", ".stamps", target.name);

const isStale = (/** @type {Target} */ target, /** @type {string} */ stamp) =>
  !existsSync(inRoot(target.output)) ||
  !existsSync(stampPath(target)) ||
  readFileSync(stampPath(target), "utf8") !== stamp;

/** Removes the server's part of dist/, so that no file of a renamed module stays; Vite empties its own folders. */
function clear(/** @type {Target} */ target) {
  rmSync(stampPath(target), { force: true });
  if (target.name !== "server" || !existsSync(inRoot("dist"))) return;
  for (const name of readdirSync(inRoot("dist")))
    if (!["console", "widgets", ".stamps"].includes(name)) rmSync(inRoot("dist", name), { recursive: true });
}

/** @returns {Promise<string>} what went wrong, or nothing */
async function make(/** @type {Target} */ target, /** @type {string} */ stamp, /** @type {string} */ node) {
  clear(target);
  const env = { ...environmentWith(node), NODE_ENV: "production" };
  const { ok, output } = await run(node, target.command, { env });
  if (!ok) return `The ${target.name} could not be built:\n${output}`;
  mkdirSync(inRoot("dist", ".stamps"), { recursive: true });
  writeFileSync(stampPath(target), stamp);
  return "";
}

/** Forgets that these were built, so that the next start builds them whatever lies there. */
export function forgetBuilt(/** @type {readonly string[]} */ names) {
  for (const target of targets) if (names.includes(target.name)) rmSync(stampPath(target), { force: true });
}

const everything = targets.map(({ name }) => name);

/**
 * Builds what is stale, judged by content. Says so in one line; ends the process when a build fails.
 * @param {string} node
 * @param {readonly string[]} [names] all when left out
 */
export async function ensureBuilt(node, names = everything) {
  const sources = sourceFiles();
  const wanted = targets.filter(({ name }) => names.includes(name));
  const stale = wanted.flatMap((target) => {
    const stamp = stampOf(target, sources);
    return isStale(target, stamp) ? [{ target, stamp }] : [];
  });
  if (stale.length === 0) return;
  console.log(`Building ${stale.map(({ target }) => target.name).join(", ")} ...`);
  const failures = await Promise.all(stale.map(({ target, stamp }) => make(target, stamp, node)));
  if (!failures.some(Boolean)) return;
  console.error(failures.filter(Boolean).join("\n"));
  process.exit(1);
}
