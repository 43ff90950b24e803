import { cpuMs, endedChildrenMs, machineMs, ownMs } from "./machine.ts";
import type { PreparedCall } from "./mcp-call.ts";
import { type LoadPlan, load } from "./wrk.ts";

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

interface Clocks {
  readonly server: number;
  readonly database: number;
  readonly us: number;
  readonly busy: number;
  readonly stolen: number;
}

/** Milliseconds of CPU time so far. */
function readClocks(server: readonly number[], database: readonly number[]): Clocks {
  const { busy, stolen } = machineMs();
  return { server: cpuMs(server), database: cpuMs(database), us: ownMs() + endedChildrenMs(), busy, stolen };
}

/** Puts the target under load once, and reads what that cost. */
export async function measure(target: Target, calls: readonly PreparedCall[], plan: LoadPlan): Promise<Sample> {
  const server = target.pids();
  const database = await target.databasePids();
  const before = readClocks(server, database);
  const found = await load(calls, plan);
  const after = readClocks(server, database);
  const used = (clock: keyof Clocks): number => after[clock] - before[clock];
  const ms = found.seconds * 1000;
  return {
    callsPerSecond: found.calls / found.seconds,
    p50Ms: found.p50Ms,
    p99Ms: found.p99Ms,
    cpuUs: (used("server") * 1000) / found.calls,
    databaseCpuUs: (used("database") * 1000) / found.calls,
    failed: found.failed,
    others: Math.max(0, (used("busy") - used("server") - used("database") - used("us")) / ms),
    stolen: used("stolen") / ms,
  };
}
