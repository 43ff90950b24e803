/**
 * `npm run dev`, `dev:widgets` and `dev:all`: what is named here runs until Ctrl-C, and takes in what you save. The server
 * starts again when a file changes that it is made of; widgets and console are built again, and the running server offers
 * them as they are now.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { ensureBuilt, forgetBuilt } from "./parts/build.mjs";
import { environmentWith, onceOrphaned } from "./parts/child.mjs";
import { ensureInstalled } from "./parts/install.mjs";
import { requireNode24 } from "./parts/node-24.mjs";
import { inRoot, root } from "./parts/paths.mjs";

const vite = [inRoot("node_modules", "vite", "bin", "vite.js"), "build", "--watch", "--emptyOutDir", "false"];

const watched = ["--watch", "--import", pathToFileURL(inRoot("scripts", "parts", "watched.mjs")).href];

/** @type {Readonly<Record<string, readonly string[]>>} */
const commands = {
  server: [...watched, "--watch-preserve-output", inRoot("src", "cli", "bellhop.ts"), "start"],
  widgets: [...vite, "-c", "vite.widgets.ts"],
  console: [...vite, "-c", "vite.console.ts"],
};

const names = process.argv.slice(2);
if (names.length === 0 || names.some((name) => !commands[name])) {
  console.error(`Name what to run: ${Object.keys(commands).join(", ")}.`);
  process.exit(1);
}

await ensureInstalled();
const node = requireNode24();
// The server reads what is built when it starts; what it is made of itself, Node runs as it is.
if (names.includes("server")) await ensureBuilt(node, ["console", "widgets"]);
// What a watcher leaves behind is no build that a start could trust.
forgetBuilt(names);

/**
 * Each in a group of its own: Ctrl-C is for us alone, who hand it on once. Otherwise the server would hear it twice, from
 * the terminal and from the Node that watches it, and take the second for "at once".
 */
const hasGroups = process.platform !== "win32";
const children = names.map((name) => {
  const isBuilder = name !== "server";
  const child = spawn(node, commands[name] ?? [], {
    cwd: root,
    env: environmentWith(node),
    stdio: ["ignore", isBuilder ? "pipe" : "inherit", "inherit"],
    detached: hasGroups,
  });
  // Of all that a builder tells, that it is done is news; what is wrong comes by the other way.
  if (child.stdout)
    createInterface(child.stdout).on("line", (line) => line.startsWith("built in") && console.log(`${name}: ${line}`));
  return child;
});

/** Ends what runs: politely at first, at once the second time. */
let asked = false;
function stop() {
  for (const { pid, exitCode, signalCode } of children) {
    if (pid === undefined || exitCode !== null || signalCode !== null) continue;
    process.kill(asked && hasGroups ? -pid : pid, asked ? "SIGKILL" : "SIGTERM");
  }
  asked = true;
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
onceOrphaned(stop);

const exits = children.map((child) => once(child, "exit"));
const [code] = await Promise.race(exits);
// One that ends by itself takes the others along: half of them would look like all.
if (!asked) {
  process.exitCode = code || 1;
  stop();
}
await Promise.all(exits);
