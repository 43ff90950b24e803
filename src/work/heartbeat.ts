import type { Database } from "../database/handle.ts";
import { AppError } from "../kernel/errors.ts";
import type { Progress } from "../kernel/tool.ts";
import { type Beat, beatRuns, type Renewed, selectHeld } from "./records/runs.ts";

/** A run that this process holds. */
export interface HeldEntry {
  readonly id: string;
  readonly claims: number;
  readonly abort: AbortController;
  /** How far it is, where that is not written yet. */
  step: Progress | null;
  /** Whether its job was ever found: a run may be held before its job is added. */
  seen: boolean;
  /** When the lease was known to stand, by this process's own clock. */
  renewed: number;
}

/** What a heartbeat is made of. */
export interface HeartbeatParts {
  readonly database: Database;
  /** This process. */
  readonly holder: string;
  readonly leaseMs: number;
  /** Told whose jobs went on. */
  readonly announce: (userIds: readonly string[]) => void;
  readonly report: (error: unknown) => void;
}

/** Names one claim of one job. */
export const keyOf = ({ id, claims }: { readonly id: string; readonly claims: number }): string => `${id} ${claims}`;

const lost = (): AppError => new AppError("interrupted", "The job is not this run's any more.");

type Held = ReadonlyMap<string, HeldEntry>;

/** What could not be written is said with the next heartbeat, unless there is newer word by then. */
function keepUnsaid(held: Held, beats: readonly Beat[], written: ReadonlySet<string>): void {
  for (const beat of beats) {
    const entry = written.has(keyOf(beat)) ? undefined : held.get(keyOf(beat));
    if (entry) entry.step ??= beat.step;
  }
}

/** While the database does not answer, a run goes on for as long as its lease stands, and no longer. */
function loseOverdue(held: Held, leaseMs: number): void {
  for (const entry of held.values()) if (performance.now() - entry.renewed > leaseMs) entry.abort.abort(lost());
}

/**
 * Renews the leases of all that are held, in one statement, and aborts what was lost.
 * @returns the heartbeat: it takes those for which `which` holds, and settles when they were written.
 */
export function createHeartbeat(
  { database, holder, leaseMs, announce, report }: HeartbeatParts,
  held: Held,
): (which: (entry: HeldEntry) => boolean) => Promise<void> {
  let writing = Promise.resolve();

  /** Those that were not renewed are lost, or another transaction is at their row: then they still are ours. */
  async function loseOthers(entries: readonly HeldEntry[], renewed: ReadonlySet<string>): Promise<void> {
    const missing = entries.filter((entry) => entry.seen && !renewed.has(keyOf(entry)) && held.has(keyOf(entry)));
    if (missing.length === 0) return;
    const ids = missing.map(({ id }) => id);
    const ours = await selectHeld(database.handle, holder, ids);
    for (const entry of missing) if (ours.get(entry.id) !== entry.claims) entry.abort.abort(lost());
  }

  function tell(renewed: readonly Renewed[], said: ReadonlySet<string>): void {
    const news = renewed.filter((row) => !row.hidden && said.has(keyOf(row)));
    if (news.length > 0) announce(news.map(({ userId }) => userId));
  }

  async function write(entries: readonly HeldEntry[]): Promise<void> {
    const asked = performance.now();
    const beats = entries.map(({ id, claims, step }) => ({ id, claims, step }));
    for (const entry of entries) entry.step = null;
    const renewed = await beatRuns(database.handle, { holder, leaseMs }, beats).catch((error: unknown) => {
      keepUnsaid(held, beats, new Set());
      throw error;
    });
    keepUnsaid(held, beats, new Set(renewed.map(keyOf)));
    for (const row of renewed) {
      const entry = held.get(keyOf(row));
      if (entry) Object.assign(entry, { renewed: asked, seen: true });
    }
    tell(renewed, new Set(beats.flatMap((one) => (one.step ? [keyOf(one)] : []))));
    await loseOthers(entries, new Set(renewed.map(keyOf)));
  }

  async function beat(which: (entry: HeldEntry) => boolean): Promise<void> {
    try {
      const entries = [...held.values()].filter(which);
      if (entries.length > 0) await write(entries);
    } catch (error) {
      report(error);
    }
    loseOverdue(held, leaseMs);
  }

  // One after another, so that no older word about a run comes after a newer one.
  return (which) => {
    // Before any question: one that is never answered must not keep a run alive that another process may have taken.
    loseOverdue(held, leaseMs);
    return (writing = writing.then(() => beat(which)));
  };
}
