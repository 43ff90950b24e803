/** What a limit counts: at most `points` within `seconds`. */
export interface Limit {
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
}

/** Counters that every process on one database shares. */
export interface LimitsPort {
  /**
   * Takes one point for `key`.
   * @throws AppError `rate_limited` with `details.retryAfter` in whole seconds.
   */
  take(limit: Limit, key: string): Promise<void>;
}

/** Counts the calls of each person, over every process that shares the database. */
export interface CallLimits {
  /**
   * Counts one call; answers at once, from memory.
   * @param who names the person whose calls are counted together.
   * @param perMinute what this person may make in a minute of the clock, 0 for as many as they like; what everybody may
   * where it is left out.
   * @throws AppError `rate_limited` with `details.retryAfter` in whole seconds and `details.retryAt` as a date.
   */
  take(who: string, perMinute?: number): void;
}
