/** A number from 0 to 1, exclusive; tests hand in one that they know. */
export type Random = () => number;

/** How long a try waits for the next one. */
export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/**
 * Milliseconds until the next try: doubled each time up to a bound, and between half and all of that, so that what
 * failed together does not come back together.
 * @param attempt the try that failed, 1 for the first.
 */
export function backoffMs({ firstMs, mostMs }: Backoff, attempt: number, random: Random): number {
  const whole = Math.min(mostMs, firstMs * 2 ** Math.min(30, Math.max(0, attempt - 1)));
  return Math.round(whole * (0.5 + random() / 2));
}
