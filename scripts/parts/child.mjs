import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, dirname } from "node:path";
import { inRoot, root } from "./paths.mjs";

/** @typedef {{ env?: NodeJS.ProcessEnv, cwd?: string, uid?: number, gid?: number }} ChildOptions */

/** The environment with one Node, and the tools of this repository, first on PATH: what a child runs is what we run. */
export const environmentWith = (/** @type {string} */ node) => ({
  ...process.env,
  PATH: [dirname(node), inRoot("node_modules", ".bin"), process.env["PATH"]].join(delimiter),
});

/**
 * Runs a program to its end, and keeps what it prints.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {ChildOptions} [options]
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export async function run(command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, ...options, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (/** @type {string} */ text) => (output += text));
  const [code] = await once(child, "close");
  return { ok: code === 0, output };
}

/**
 * Calls back once npm's shell above us is gone. npm hands a signal to that shell, and the shell dies of it without a word
 * to us; without npm our parent may come and go.
 */
export function onceOrphaned(/** @type {() => void} */ callback) {
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, 250);
  timer.unref();
}

/**
 * Gives the terminal to a program, hands on the signals that reach us, and ends as it ends.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {ChildOptions} [options]
 */
export async function become(command, args, options = {}) {
  const child = spawn(command, args, { ...options, stdio: "inherit" });
  const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
  // A terminal sends Ctrl-C to the whole group, so the child has it already; a second one would mean "at once".
  const forward = (/** @type {NodeJS.Signals} */ signal) => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of signals) process.on(signal, forward);
  onceOrphaned(() => child.kill("SIGTERM"));
  const [code, signal] = await once(child, "exit");
  for (const name of signals) process.off(name, forward);
  if (signal) process.kill(process.pid, signal);
  process.exitCode = code ?? 1;
}
