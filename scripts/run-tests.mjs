/** Runs test files with Node 24's own runner. Started by test.mjs, which sees to PostgreSQL and Chromium first. */
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { finished } from "node:stream/promises";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { settings } from "../src/config/settings.ts";
import { root } from "./parts/paths.mjs";

const TEST_TIMEOUT_MS = Number(process.env["TEST_TIMEOUT_MS"] ?? 120_000);
/** For a file that never ends: a test that failed half-way may leave something open. */
const FILE_TIMEOUT_MS = Number(process.env["TEST_FILE_TIMEOUT_MS"] ?? 5 * 60_000);
/** Two at a time suit two cores. */
const AT_ONCE = 2;

for (const name of ["TEST_POSTGRES_URL", "CHROMIUM_PATH"])
  if (!process.env[name]) throw new Error(`${name} is not set: start the tests with \`npm test\`.`);

// A developer's own settings must not reach the servers that tests start, least of all a DATABASE_URL.
for (const { name } of settings) delete process.env[name];
// Whatever a test leaves behind goes with this directory.
const scratch = mkdtempSync(join(tmpdir(), "bellhop-test-"));
process.env["TMPDIR"] = scratch;
// Hundreds of processes load the same modules: the first compiles them, the others read what it made.
process.env["NODE_COMPILE_CACHE"] = join(scratch, "compiled");

const named = process.argv.slice(2).map((path) => resolve(path));
const files =
  named.length > 0
    ? named
    : globSync(["src/**/*.test.ts", "test/**/*.test.ts", "bench/src/**/*.test.ts"], { cwd: root })
        .map((path) => resolve(root, path))
        .toSorted();

/** What went wrong beside a failed test; a run that proves nothing must not pass. */
const complaints = /** @type {string[]} */ ([]);
const counts = { tests: 0, passed: 0, failed: 0, cancelled: 0 };
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => stop.abort());

/** One reporter for all files; a file's events reach it together, when the file has ended. */
const report = new spec();
report.pipe(process.stdout);

const durations = /** @type {{ name: string; seconds: number }[]} */ ([]);

/**
 * How the process of a file ended, which the reporter leaves out: after its last test, too, it may crash.
 * @returns {string[]} nothing of a test that failed inside a process.
 */
function endOf(/** @type {string} */ name, /** @type {Error} */ error) {
  if (!("exitCode" in error && "signal" in error)) return [];
  return [`${name} ended with exit status ${String(error.exitCode)}, signal ${String(error.signal)}.`];
}

async function runFile(/** @type {string} */ file) {
  const name = relative(root, file);
  const started = performance.now();
  const late = AbortSignal.timeout(FILE_TIMEOUT_MS);
  const signal = AbortSignal.any([stop.signal, late]);
  const events = run({ files: [file], cwd: root, timeout: TEST_TIMEOUT_MS, signal });
  /** @type {import("node:test").TestsStream extends AsyncIterable<infer Event> ? Event[] : never} */
  const kept = [];
  let ended = false;
  for await (const event of events) {
    if (event.type === "test:summary" && event.data.file !== undefined) {
      ended = true;
      const { tests, passed, failed, cancelled, skipped, todo } = event.data.counts;
      if (tests === 0) complaints.push(`${name} holds no test.`);
      if (skipped + todo > 0) complaints.push(`${name} skips ${skipped + todo} of its tests.`);
      counts.tests += tests;
      counts.passed += passed;
      counts.failed += failed;
      counts.cancelled += cancelled;
    }
    if (event.type === "test:fail") {
      process.exitCode = 1;
      complaints.push(...endOf(name, event.data.details.error));
    }
    // What the run says of itself at its end is said once, for all files, below.
    if (event.type !== "test:summary" && (event.type !== "test:diagnostic" || event.data.file !== undefined))
      kept.push(event);
  }
  for (const event of kept) report.write(event);
  durations.push({ name, seconds: Math.round((performance.now() - started) / 1000) });
  if (late.aborted) complaints.push(`${name} did not end within ${FILE_TIMEOUT_MS / 1000} s.`);
  else if (!ended && !stop.signal.aborted) complaints.push(`${name} ran no test.`);
}

const waiting = files.values();
async function runNext() {
  for (const file of waiting) if (!stop.signal.aborted) await runFile(file);
}

const began = performance.now();
await Promise.all(Array.from({ length: AT_ONCE }, runNext));
report.end();
await finished(report);
rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
if (stop.signal.aborted) complaints.push("The tests were stopped.");
if (counts.tests === 0) complaints.push("No test ran.");
if (complaints.length > 0) process.exitCode = 1;
for (const complaint of complaints) console.error(complaint);
const slowest = durations.toSorted((one, other) => other.seconds - one.seconds).slice(0, 10);
console.log(
  `\nSlowest files:\n${slowest.map(({ name, seconds }) => `${String(seconds).padStart(5)} s  ${name}`).join("\n")}`,
);
const seconds = Math.round((performance.now() - began) / 1000);
console.log(
  `\n${counts.tests} tests in ${files.length} files, ${counts.passed} passed, ${counts.failed + counts.cancelled} failed, ${seconds} s`,
);
// A program that a stopped file has left behind may hold its pipes open, and would keep this process with them.
process.stdout.write("", () => process.exit());
