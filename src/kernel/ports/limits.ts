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
