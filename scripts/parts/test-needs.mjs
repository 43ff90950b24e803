import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "./child.mjs";

/** The oldest PostgreSQL that Bellhop supports. */
const OLDEST = 15;

const onPath = (/** @type {string} */ name) =>
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find((path) => existsSync(path));

/** Directories `<parent>/<version>/bin`, newest version first. */
const versions = (/** @type {string} */ parent, /** @type {RegExp} */ pattern) =>
  (existsSync(parent) ? readdirSync(parent) : [])
    .flatMap((name) => {
      const version = Number(pattern.exec(name)?.[1]);
      return version >= OLDEST ? [{ version, path: join(parent, name, "bin") }] : [];
    })
    .toSorted((a, b) => b.version - a.version)
    .map(({ path }) => path);

/** Where the programs of a PostgreSQL server lie (Debian and Red Hat, then Homebrew), or undefined. */
export const findPostgres = () =>
  [
    ...versions("/usr/lib/postgresql", /^(\d+)$/),
    ...versions("/usr", /^pgsql-(\d+)$/),
    ...versions("/opt/homebrew/opt", /^postgresql@(\d+)$/),
    ...versions("/usr/local/opt", /^postgresql@(\d+)$/),
  ].find((directory) => existsSync(join(directory, "initdb")) && existsSync(join(directory, "postgres")));

/** A Chromium or Chrome, or undefined. */
export const findChromium = () =>
  [
    process.env["CHROMIUM_PATH"],
    ...["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"].map(onPath),
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ].find((path) => path !== undefined && existsSync(path));

const SHELL = "chromium-headless-shell";

/**
 * Chromium without what a desktop needs, or undefined: most pages are tested in it, in half the time. Whoever names a
 * Chromium of their own wants that one.
 */
export const findHeadlessShell = () =>
  process.env["CHROMIUM_SHELL_PATH"] ?? (process.env["CHROMIUM_PATH"] ? undefined : onPath(SHELL));

const missing = () => [
  ...(process.env["TEST_POSTGRES_URL"] || findPostgres() ? [] : ["postgresql"]),
  ...(findChromium() ? [] : ["chromium"]),
];

async function aptInstall(/** @type {readonly string[]} */ packages) {
  console.log(`Installing ${packages.join(" and ")} ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const update = await run("apt-get", ["update", "-qq"], { env });
  const hasShell = packages.includes("chromium") && (await run("apt-cache", ["show", SHELL], { env })).ok;
  const all = hasShell ? [...packages, SHELL] : packages;
  const install = await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...all], { env });
  if (!install.ok) console.error(update.output + install.output);
}

const hints = new Map([
  [
    "postgresql",
    `PostgreSQL ${OLDEST} or newer: \`sudo apt-get install postgresql\`, \`brew install postgresql@17\`, or TEST_POSTGRES_URL for one that runs already (its user must be allowed to create databases).`,
  ],
  [
    "chromium",
    "Chromium: `sudo apt-get install chromium` (and `chromium-headless-shell`, which is faster), `brew install --cask chromium`, or CHROMIUM_PATH for one that lies elsewhere.",
  ],
]);

/**
 * Sees to PostgreSQL and Chromium: installs them by apt where it may, else says what to install and ends the process.
 * Nothing is ever skipped for want of them.
 */
export async function ensureTestNeeds() {
  const absent = missing();
  const mayInstall = process.getuid?.() === 0 && onPath("apt-get") !== undefined;
  if (absent.length > 0 && mayInstall) await aptInstall(absent);
  const still = missing();
  if (still.length === 0) return;
  console.error(["The tests need:", ...still.map((name) => `- ${hints.get(name)}`)].join("\n"));
  process.exit(1);
}
