import { join } from "node:path";
import { BenchError } from "./bench-error.ts";
import { type Findings, figureLine } from "./figure.ts";
import { help } from "./help.ts";
import { type Options, readRequest } from "./options.ts";
import { installPeer } from "./peers.ts";
import { requireMachine, thisMachine } from "./requirements.ts";
import { runProgram } from "./run-program.ts";
import type { Suite } from "./suite.ts";
import { calls } from "./suites/calls.ts";
import { oauth } from "./suites/oauth.ts";

const suites: readonly Suite[] = [calls, oauth];

const ROOT = join(import.meta.dirname, "..", "..");

function suiteNamed(name: string): Suite {
  const suite = suites.find((one) => one.name === name);
  if (suite) return suite;
  const known = suites.map((one) => `  ${one.name}: ${one.about}`).join("\n");
  throw new BenchError(`There is no suite \`${name}\`. The suites are:\n${known}`);
}

/** What is measured is what a user runs. */
async function build(): Promise<void> {
  if (await runProgram(process.execPath, [join(ROOT, "scripts", "build.mjs")], ROOT)) return;
  throw new BenchError("The build failed, so there is nothing to measure.");
}

/** Aborts on the first signal, so that everything that was started is stopped. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(name, () => controller.abort(new BenchError("Stopped.")));
  return controller.signal;
}

async function run(suite: Suite, options: Options): Promise<Findings> {
  const signal = stopSignal();
  try {
    return await suite.run({ options, signal, log: (line) => console.error(line) });
  } catch (error) {
    // Whatever broke because we were stopped is no news.
    signal.throwIfAborted();
    throw error;
  }
}

async function measure(options: Options): Promise<void> {
  const suite = suiteNamed(options.suite);
  requireMachine(thisMachine());
  await build();
  const { figures, report, faults } = await run(suite, options);
  console.log(options.json ? figures.map(figureLine).join("\n") : `\n${report}\n`);
  if (faults.length > 0) throw new BenchError(faults.join("\n"));
}

async function main(): Promise<void> {
  const request = readRequest(process.argv.slice(2), process.env);
  if (request.kind === "help") return console.log(help(suites));
  if (request.kind === "install") return installPeer(request.peer);
  return measure(request.options);
}

main().catch((error: unknown) => {
  console.error(error instanceof BenchError ? `\n${error.message}\n` : error);
  process.exitCode = 1;
});
