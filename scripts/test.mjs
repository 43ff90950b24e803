/**
 * `npm test`: everything, on a machine that has nothing but Node ≥ 20 and npm.
 * `npm test -- src/kernel/ids.test.ts` runs the files named, without the checks.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { ensureBuilt } from "./parts/build.mjs";
import { environmentWith, onceOrphaned } from "./parts/child.mjs";
import { ensureInstalled } from "./parts/install.mjs";
import { requireNode24 } from "./parts/node-24.mjs";
import { inRoot, root } from "./parts/paths.mjs";
import { startPostgres } from "./parts/private-postgres.mjs";
import { ensureTestNeeds, findChromium, findHeadlessShell, findPostgres } from "./parts/test-needs.mjs";

const files = process.argv.slice(2);
await ensureInstalled();
const node = requireNode24();
await ensureTestNeeds();
await ensureBuilt(node);

let running = /** @type {import("node:child_process").ChildProcess | undefined} */ (undefined);
let stopped = false;
function stop() {
  stopped = true;
  running?.kill("SIGTERM");
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
onceOrphaned(stop);

const hasGroups = process.platform !== "win32";

/** Ends what a program started and left behind: a test that fails half-way may leave a server. */
function sweep(/** @type {number | undefined} */ group) {
  if (!hasGroups || group === undefined) return;
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // ESRCH: nothing is left, as it should be.
  }
}

async function succeeds(/** @type {readonly string[]} */ args, /** @type {NodeJS.ProcessEnv} */ env) {
  if (stopped) return false;
  // A process group of its own: Ctrl-C is for us, who hand it on and then clean up.
  running = spawn(node, args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"], detached: hasGroups });
  const [code] = await once(running, "exit");
  sweep(running.pid);
  return code === 0 && !stopped;
}

async function runTests() {
  const bin = findPostgres();
  const given = process.env["TEST_POSTGRES_URL"];
  const postgres = given || !bin ? undefined : await startPostgres(bin);
  try {
    return await succeeds([inRoot("scripts", "run-tests.mjs"), ...files], {
      ...environmentWith(node),
      TEST_POSTGRES_URL: given ?? postgres?.url,
      CHROMIUM_PATH: findChromium(),
      CHROMIUM_SHELL_PATH: findHeadlessShell(),
    });
  } finally {
    await postgres?.stop();
  }
}

const checked = files.length > 0 || (await succeeds([inRoot("scripts", "check.mjs")], process.env));
process.exitCode = checked && (await runTests()) ? 0 : 1;
