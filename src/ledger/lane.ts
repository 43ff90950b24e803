import { randomUUID } from "node:crypto";
import type { Database } from "../database/handle.ts";
import { AppError } from "../kernel/errors.ts";
import { leaseLane, releaseLane, renewLane } from "./records/lanes.ts";

/** The lane of this process: the part of every chain that it alone appends to. */
export interface Lane {
  /** Makes sure that a lane is held. Costs a question to the database only at first and after a long rest. */
  ready(): Promise<void>;
  /**
   * The lane that is held, 1 or more. Another number than before means that the former was lost.
   * @throws AppError `unavailable` when none is.
   */
  number(): number;
  /** Says that another process was met in the lane: the next `ready` takes another one. */
  lost(): void;
  /** Gives the lane back. */
  release(): Promise<void>;
}

const LEASE_MS = 30_000;

/** Another process may take a new lane in the same moment; each try finds the next number. */
const TRIES = 20;

/**
 * Leases lanes for this process. A lease is renewed as it is used: after a third of its time in passing, and before the
 * next write where it has run out. The embedded database has one process, so there a lane is taken from a dead one at once.
 *
 * A process that was stopped for longer than its lease may still believe to hold its lane. It does no harm: records have
 * their place in the lane as key, so it meets the record of the one that took over, and takes another lane.
 * @param leaseMs how long a lane stays with a process that does not renew it.
 */
export function createLane(database: Database, leaseMs = LEASE_MS): Lane {
  const holder = randomUUID();
  let held: { readonly lane: number; readonly since: number } | undefined;
  let asking: Promise<void> | undefined;
  let foreign = false;

  // Time is counted from before the question, so that we never believe in a lease for longer than the database does.
  async function lease(): Promise<void> {
    const since = performance.now();
    if (held && !foreign && (await renewLane(database.handle, held.lane, holder, leaseMs))) {
      held = { lane: held.lane, since };
      return;
    }
    for (let tries = 0; tries < TRIES; tries += 1) {
      const lane = await leaseLane(database.handle, holder, leaseMs, database.engine === "pglite");
      if (lane === null) continue;
      held = { lane, since };
      foreign = false;
      return;
    }
    throw new AppError("unavailable", "Receipts cannot be written: no lane was free.");
  }

  const ask = (): Promise<void> => (asking ??= lease().finally(() => (asking = undefined)));
  const age = (): number => (held ? performance.now() - held.since : Infinity);

  return {
    async ready() {
      if (foreign || age() > leaseMs * 0.8) return ask();
      // A renewal that fails is made up for at the latest when the lease runs out.
      if (age() > leaseMs / 3) void ask().catch(() => undefined);
    },
    number() {
      if (!held) throw new AppError("unavailable", "Receipts cannot be written any more: the server is stopping.");
      return held.lane;
    },
    lost() {
      foreign = true;
    },
    async release() {
      const last = held;
      held = undefined;
      if (last) await releaseLane(database.handle, last.lane, holder);
    },
  };
}
