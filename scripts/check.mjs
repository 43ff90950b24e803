/** `npm run check`: everything that a machine can hold the code to without running it, side by side, in seconds. */
import { run, environmentWith } from "./parts/child.mjs";
import { ensureInstalled } from "./parts/install.mjs";
import { requireNode24 } from "./parts/node-24.mjs";
import { inRoot } from "./parts/paths.mjs";

/** What the compiler remembers of its last run, so that a second one is quick. */
const memory = "node_modules/.cache/bellhop/types.tsbuildinfo";

/** @type {readonly (readonly [name: string, ...command: string[]])[]} */
const steps = [
  ["types", "node_modules/typescript/bin/tsc", "-p", ".", "--incremental", "--tsBuildInfoFile", memory],
  ["lint", "node_modules/oxlint/bin/oxlint", "--type-aware", "--deny-warnings"],
  ["format", "node_modules/oxfmt/bin/oxfmt", "--check"],
  ["rooms", "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs", "src", "--config"],
  ["unused", "node_modules/knip/bin/knip.js", "--treat-config-hints-as-errors"],
  ["generated", "scripts/generate.mjs", "--check"],
  ["names", "scripts/names.mjs"],
  ["lockfile", "scripts/lockfile.mjs"],
  ["weights", "scripts/widget-sizes.mjs"],
];

/** Steps whose figures are worth reading when all is well. */
const figures = ["weights"];

await ensureInstalled();
const node = requireNode24();
const env = environmentWith(node);

async function step(/** @type {string} */ name, /** @type {string} */ program, /** @type {readonly string[]} */ args) {
  const started = performance.now();
  const { ok, output } = await run(node, [inRoot(program), ...args], { env });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${ok ? "ok  " : "FAIL"}  ${name.padEnd(10)} ${seconds} s`);
  return { name, ok, output };
}

const results = await Promise.all(steps.map(([name, program = "", ...args]) => step(name, program, args)));
for (const { name, ok, output } of results) if (ok && figures.includes(name)) console.log(output.trim());
const failed = results.filter(({ ok }) => !ok);
for (const { name, output } of failed) console.error(`\n--- ${name} ---\n${output.trim()}`);
process.exitCode = failed.length > 0 ? 1 : 0;
