import { accessSync, constants } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, join } from "node:path";
import { BenchError } from "./bench-error.ts";

/** The machine as the check sees it. */
export interface Machine {
  readonly platform: string;
  readonly cores: number;
  has(program: string): boolean;
}

const programs = [
  { name: "wrk", what: "the load generator", install: "apt-get install wrk (Debian, Ubuntu), apk add wrk (Alpine)" },
  {
    name: "taskset",
    what: "which keeps the server and the load apart, each on its core",
    install: "apt-get install util-linux",
  },
];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The machine that this runs on. */
export const thisMachine = (): Machine => ({
  platform: process.platform,
  cores: availableParallelism(),
  has: (program) =>
    (process.env["PATH"] ?? "").split(delimiter).some((folder) => folder !== "" && isExecutable(join(folder, program))),
});

/** @throws BenchError that names everything that is missing, and how to get it. */
export function requireMachine(machine: Machine): void {
  if (machine.platform !== "linux")
    throw new BenchError(
      `The benchmarks need Linux (pinned cores, /proc); this is ${machine.platform}. Run them in a container or a virtual machine.`,
    );
  const missing = programs
    .filter(({ name }) => !machine.has(name))
    .map(({ name, what, install }) => `${name}, ${what}, is missing. Install it: ${install}.`);
  if (machine.cores < 2) missing.push("Two cores are needed, one for the server and one for the load; here is one.");
  if (missing.length > 0) throw new BenchError(missing.join("\n"));
}
