import { cpuMs, endedChildrenMs, machineMs, ownMs } from "./machine.ts";
import type { PreparedCall } from "./mcp-call.ts";
import { type Load, type LoadPlan, load } from "./wrk.ts";

/** A server under measurement. */
export interface Target {
  readonly name: string;
  /** The server's processes. */
  pids(): readonly number[];
  /** The processes of the database that it uses, when they run here. */
  databasePids(): Promise<readonly number[]>;
  /** Calls to send in turn, each answered rightly a moment ago. */
  prepare(): Promise<readonly PreparedCall[]>;
  stop(): Promise<void>;
}

/** One timed run of one target. */
export interface Sample {
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** User and system time of the server for one call, in microseconds. */
  readonly cpuUs: number;
  /** The same of its database, where that is a process of its own. */
  readonly databaseCpuUs: number;
  readonly failed: number;
  /** Cores used by anything but the server, its database and the load. */
  readonly others: number;
  /** Cores that the hypervisor gave to others. */
  readonly stolen: number;
}

/** Beyond these shares of a core a sample says more about its neighbours than about its server. */
export const isDisturbed = (sample: Sample): boolean => sample.others > 0.15 || sample.stolen > 0.05;

/** CPU time so far, in milliseconds. */
interface Clocks {
  readonly server: ReadonlyMap<number, number>;
  readonly database: ReadonlyMap<number, number>;
  readonly us: number;
  readonly busy: number;
  readonly stolen: number;
}

const clocksOf = (pids: readonly number[]): ReadonlyMap<number, number> =>
  new Map(pids.map((pid) => [pid, cpuMs([pid])]));

async function readClocks(target: Watched): Promise<Clocks> {
  const us = ownMs() + endedChildrenMs();
  return { ...machineMs(), us, server: clocksOf(target.pids()), database: clocksOf(await target.databasePids()) };
}

/**
 * What these processes used in between. One that is new, such as the backend of a connection that the load made a pool
 * open, counts from its start.
 */
export const usedBetween = (before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): number =>
  [...after].reduce((sum, [pid, ms]) => sum + ms - (before.get(pid) ?? 0), 0);

/** What is watched while a load runs. */
export type Watched = Pick<Target, "pids" | "databasePids">;

/** Puts the target under load once, and reads what that cost. */
export const measure = (target: Target, calls: readonly PreparedCall[], plan: LoadPlan): Promise<Sample> =>
  measureLoad(target, () => load(calls, plan));

/** The same for any load that child processes of ours make. */
export async function measureLoad(target: Watched, run: () => Promise<Load>): Promise<Sample> {
  const before = await readClocks(target);
  const found = await run();
  const after = await readClocks(target);
  const server = usedBetween(before.server, after.server);
  const database = usedBetween(before.database, after.database);
  const others = after.busy - before.busy - server - database - (after.us - before.us);
  const ms = found.seconds * 1000;
  return {
    callsPerSecond: found.calls / found.seconds,
    p50Ms: found.p50Ms,
    p99Ms: found.p99Ms,
    cpuUs: (server * 1000) / found.calls,
    databaseCpuUs: (database * 1000) / found.calls,
    failed: found.failed,
    others: Math.max(0, others / ms),
    stolen: (after.stolen - before.stolen) / ms,
  };
}
