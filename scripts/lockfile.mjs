/**
 * Holds package-lock.json to two promises: it names no place of download, so that everyone installs from their own
 * registry; and it names every package for every platform, or `npm ci` refuses a fresh clone. A registry that lacks the
 * packages of other platforms makes npm leave them out; `--fix` writes them in, since their version is pinned and their
 * name says what they run on.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { inRoot } from "./parts/paths.mjs";

/**
 * @typedef {Record<string, string>} Wanted
 * @typedef {{ version?: string, dev?: boolean, dependencies?: Wanted, optionalDependencies?: Wanted }} Entry
 */

const file = inRoot("package-lock.json");
/** @type {{ packages: Record<string, Entry> }} */
const lockfile = JSON.parse(readFileSync(file, "utf8"));
const { packages } = lockfile;

/** Whether a package finds another where Node looks for it: beside itself, then one folder after the other upwards. */
function finds(/** @type {string} */ from, /** @type {string} */ name) {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf("node_modules/") - 1))) {
    if (packages[`${base === "" ? "" : `${base}/`}node_modules/${name}`]) return true;
    if (base === "") return false;
  }
}

const absent = () =>
  Object.entries(packages).flatMap(([path, entry]) =>
    Object.entries({ ...entry.dependencies, ...entry.optionalDependencies })
      .filter(([name]) => !finds(path, name))
      .map(([name, version]) => ({ name, version, dev: entry.dev === true })),
  );

const PLATFORM =
  /(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|x64|ia32|ppc64|riscv64|s390x)(?:-(\w+))?$/;

/** The entry of a package that npm could not ask for, or undefined when its name or version does not say enough. */
function entryOf(/** @type {{ name: string, version: string, dev: boolean }} */ { name, version, dev }) {
  const [, os, cpu, variant = ""] = PLATFORM.exec(name) ?? [];
  if (!os || !cpu || !/^\d+\.\d+\.\d+$/.test(version)) return undefined;
  const libc = os === "linux" && variant !== "" ? { libc: [variant.startsWith("musl") ? "musl" : "glibc"] } : {};
  return { version, cpu: [cpu], ...(dev ? { dev } : {}), ...libc, optional: true, os: [os] };
}

if (process.argv.includes("--fix")) {
  for (const missing of absent()) {
    const entry = entryOf(missing);
    if (entry) packages[`node_modules/${missing.name}`] = entry;
  }
  const sorted = Object.entries(packages).toSorted(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, `${JSON.stringify({ ...lockfile, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
}

const faults = absent().map(({ name, version }) => `package-lock.json lacks ${name} ${version}.`);
if (faults.length > 0)
  faults.push("Add them with `node scripts/lockfile.mjs --fix`, or `npm ci` refuses a fresh clone.");
if (/"resolved":/.test(readFileSync(file, "utf8")))
  faults.push("package-lock.json names places of download: keep omit-lockfile-registry-resolved in .npmrc.");
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
