import { groupLookups } from "../database/grouped-lookups.ts";
import type { Database } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import { type KeptStanding, nothingBought } from "../kernel/tiers.ts";
import { askStandings } from "./records/standings.ts";

/** What the tables say of people, without a question at each call. */
export interface Standings {
  /** At most a second old, and newer than any change that this process was told of. */
  of(userId: string): Promise<KeptStanding>;
  /**
   * To be told when this process changes what a person has; also from inside a transaction that may commit at any time
   * within half a minute.
   */
  changed(userId: string): void;
}

/** How long a change by another process may go unseen. */
const FRESH_MS = 1000;
/** Longer than any call may take: until then a change may be committed that is not to be seen yet. */
const CHANGING_MS = 30_000;
/** People whose standings are kept at most; who has not been asked for longest goes first. */
const MOST_KEPT = 10_000;

/** @returns what is kept for a time, by person; the oldest gives way. */
function keepShortly<Value>(most: number) {
  const kept = new Map<string, { readonly value: Value; readonly from: number; readonly to: number }>();
  return {
    /** Undefined when it is not there, or another time; a clock that was set back finds nothing. */
    at(key: string, now: number): Value | undefined {
      const held = kept.get(key);
      return held !== undefined && held.from <= now && now < held.to ? held.value : undefined;
    },
    set(key: string, value: Value, from: number, to: number): void {
      kept.delete(key);
      kept.set(key, { value, from, to });
      const [oldest] = kept.keys();
      if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    },
    delete: (key: string): boolean => kept.delete(key),
  };
}

/**
 * Keeps what the tables say for a second. Ends are no part of that: what is kept holds dates, which every reader compares
 * with the time of its call, so nobody has anything beyond its end. People who are asked for at once share a statement.
 */
export function createStandings({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): Standings {
  const lookup = groupLookups((ids) => askStandings(database, ids));
  const kept = keepShortly<KeptStanding>(MOST_KEPT);
  const changing = keepShortly<true>(MOST_KEPT);
  return {
    async of(userId) {
      const asked = clock().getTime();
      const held = kept.at(userId, asked);
      if (held !== undefined) return held;
      const found = (await lookup(userId)) ?? nothingBought;
      // Counted from the question: what was changed since is not in the answer.
      if (!changing.at(userId, clock().getTime())) kept.set(userId, found, asked, asked + FRESH_MS);
      return found;
    },
    changed(userId) {
      const now = clock().getTime();
      kept.delete(userId);
      changing.set(userId, true, now, now + CHANGING_MS);
    },
  };
}
