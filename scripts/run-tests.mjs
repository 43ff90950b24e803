/** Runs test files with Node 24's own runner. Started by test.mjs, which sees to PostgreSQL and Chromium first. */
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { settings } from "../src/config.ts";
import { root } from "./parts/paths.mjs";

const TEST_TIMEOUT_MS = 120_000;
const WHOLE_TIMEOUT_MS = 20 * 60_000;

for (const name of ["TEST_POSTGRES_URL", "CHROMIUM_PATH"])
  if (!process.env[name]) throw new Error(`${name} is not set: start the tests with \`npm test\`.`);

// A developer's own settings must not reach the servers that tests start, least of all a DATABASE_URL.
for (const { name } of settings) delete process.env[name];
// Whatever a test leaves behind goes with this directory.
const scratch = mkdtempSync(join(tmpdir(), "bellhop-test-"));
process.env["TMPDIR"] = scratch;

const named = process.argv.slice(2).map((path) => resolve(path));
const files =
  named.length > 0
    ? named
    : globSync(["src/**/*.test.ts", "test/**/*.test.ts"], { cwd: root })
        .map((path) => resolve(root, path))
        .toSorted();

/** What went wrong beside a failed test; a run that proves nothing must not pass. */
const complaints = /** @type {string[]} */ ([]);
const unfinished = new Set(files);
let ran = 0;

const stop = new AbortController();
const giveUp = (/** @type {string} */ why) => () => {
  complaints.push(`${why}; not finished: ${[...unfinished].map((path) => relative(root, path)).join(", ")}`);
  stop.abort();
};
const watchdog = setTimeout(
  giveUp(`The tests took longer than ${WHOLE_TIMEOUT_MS / 60_000} minutes`),
  WHOLE_TIMEOUT_MS,
);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, giveUp("The tests were stopped"));

// Two at a time suit two cores; what a file leaves open does not keep it alive for ever.
const events = run({
  files,
  cwd: root,
  concurrency: 2,
  timeout: TEST_TIMEOUT_MS,
  forceExit: true,
  signal: stop.signal,
});
events.on("test:fail", () => (process.exitCode = 1));
events.on("test:summary", ({ file, counts }) => {
  if (file === undefined) {
    ran = counts.tests;
    return;
  }
  unfinished.delete(file);
  if (counts.tests === 0) complaints.push(`${relative(root, file)} holds no test.`);
  const idle = counts.skipped + counts.todo;
  if (idle > 0) complaints.push(`${relative(root, file)} skips ${idle} of its tests.`);
});

for await (const text of events.compose(spec)) process.stdout.write(text);
clearTimeout(watchdog);
rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
for (const path of unfinished) complaints.push(`${relative(root, path)} ran no test.`);
if (ran === 0) complaints.push("No test ran.");
if (complaints.length > 0) process.exitCode = 1;
for (const complaint of complaints) console.error(complaint);
