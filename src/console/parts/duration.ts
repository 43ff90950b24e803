const SECOND = 1000;

/** A length of time in the unit that reads best: "7 ms", "1.4 s", "25 s". */
export function duration(milliseconds: number): string {
  if (milliseconds < SECOND) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / SECOND;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}
