import { setTimeout as pause } from "node:timers/promises";
import { AppError } from "../kernel/errors.ts";

/** Through here goes all that is asked of a database. */
export interface Gate {
  /** Does the work. @throws AppError `unavailable` when the database is being closed, or is. */
  pass<T>(work: () => Promise<T>): Promise<T>;
  /** Lets nothing in any more. Settles when all that was let in is done, or its time is over. */
  shut(): Promise<void>;
}

/**
 * Opens a gate.
 * @param patienceMs how long what was let in is waited for.
 */
export function createGate(patienceMs: number): Gate {
  const inside = new Set<Promise<unknown>>();
  let isOpen = true;
  return {
    async pass(work) {
      if (!isOpen) throw new AppError("unavailable", "The server is stopping.");
      const working = work();
      inside.add(working);
      try {
        return await working;
      } finally {
        inside.delete(working);
      }
    },
    async shut() {
      isOpen = false;
      const over = new AbortController();
      const late = pause(patienceMs, undefined, { signal: over.signal }).catch(() => undefined);
      await Promise.race([Promise.allSettled(inside), late]);
      over.abort();
    },
  };
}
