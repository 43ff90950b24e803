const MINUTE = 60;
const HOUR = 60 * MINUTE;

const round = (value: number, step: number): number => Math.max(step, Math.round(value / step) * step);

const about = (count: number, unit: string): string => `about ${count} ${unit}${count === 1 ? "" : "s"} left`;

/** How long something still takes, as roughly as anybody can know it. @param seconds what was last said of it */
export function timeLeft(seconds: number): string {
  if (seconds <= 0) return "any moment now";
  if (seconds < 10) return "a few seconds left";
  if (seconds < 50) return about(round(seconds, 10), "second");
  if (seconds < 50 * MINUTE) return about(round(seconds / MINUTE, 1), "minute");
  return about(round(seconds / HOUR, 1), "hour");
}
