import { readFileSync, readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { BenchError } from "./bench-error.ts";

/** A tick of /proc is 10 ms on every Linux that Node runs on (proc(5), `_SC_CLK_TCK`). */
const TICK_MS = 10;

/** Others may use this share of one core while we wait for quiet, over this window. */
const QUIET = { share: 0.12, windowMs: 800, againMs: 2000, limitMs: 60_000 };

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // A process may end between its listing and its reading.
    return "";
  }
}

/** Numbers of /proc/PID/stat from the fourth field on (proc(5)): the second field, a name, may hold anything. */
const stat = (pid: number | "self"): readonly number[] => {
  const text = read(`/proc/${pid}/stat`);
  return text
    .slice(text.lastIndexOf(")") + 4)
    .split(" ")
    .map(Number);
};

const [PARENT, USER, SYSTEM, REAPED_USER, REAPED_SYSTEM] = [0, 10, 11, 12, 13];

/** A process and all its descendants. */
export function processTree(root: number): readonly number[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const parents = new Map(all.map((name) => [Number(name), stat(Number(name))[PARENT]]));
  const tree = [root];
  for (const one of tree) for (const [pid, parent] of parents) if (parent === one) tree.push(pid);
  return tree;
}

/** The name of a process's program, or nothing when it has ended. */
export const programOf = (pid: number): string => read(`/proc/${pid}/comm`).trim();

const ticks = (fields: readonly number[], user: number, system: number): number =>
  ((fields[user] ?? 0) + (fields[system] ?? 0)) * TICK_MS;

/** CPU time that these processes have used so far, in milliseconds. */
export const cpuMs = (pids: readonly number[]): number =>
  pids.map((pid) => ticks(stat(pid), USER, SYSTEM)).reduce((sum, ms) => sum + ms, 0);

/** CPU time of our own children that have ended, in milliseconds: the load generator's. */
export const endedChildrenMs = (): number => ticks(stat("self"), REAPED_USER, REAPED_SYSTEM);

/** CPU time of this process, in milliseconds. */
export const ownMs = (): number => cpuMs([process.pid]);

/** CPU time of the whole machine, interrupts included, and what the hypervisor gave to others, in milliseconds. */
export function machineMs(): { readonly busy: number; readonly stolen: number } {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = read("/proc/stat")
    .split("\n", 1)
    .join("")
    .split(/\s+/)
    .map(Number);
  return { busy: (user + nice + system + irq + softirq) * TICK_MS, stolen: steal * TICK_MS };
}

/** What everything but this process uses, in cores. */
async function othersShare(signal: AbortSignal): Promise<number> {
  const before = { busy: machineMs().busy, own: ownMs(), at: performance.now() };
  await pause(QUIET.windowMs, undefined, { signal });
  const used = machineMs().busy - before.busy - (ownMs() - before.own);
  return used / (performance.now() - before.at);
}

/**
 * Waits until nothing else uses the machine.
 * @throws BenchError after a minute of noise, saying how to measure all the same.
 */
export async function waitForQuiet(signal: AbortSignal): Promise<void> {
  const end = Date.now() + QUIET.limitMs;
  for (;;) {
    const share = await othersShare(signal);
    if (share < QUIET.share) return;
    if (Date.now() > end)
      throw new BenchError(
        `Other programs use ${share.toFixed(2)} cores of this machine, and have for a minute. Stop them, or pass --noisy to measure all the same.`,
      );
    await pause(QUIET.againMs, undefined, { signal });
  }
}
