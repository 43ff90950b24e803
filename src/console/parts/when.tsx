import { useSyncExternalStore } from "react";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const steps = [
  { unit: "day", ms: DAY },
  { unit: "hour", ms: HOUR },
  { unit: "minute", ms: MINUTE },
] as const;

/** "3 minutes ago", "yesterday"; "just now" within a minute. */
export function relativeTime(then: Date, now: Date, locale?: string): string {
  const passed = now.getTime() - then.getTime();
  const step = steps.find(({ ms }) => passed >= ms);
  if (!step) return "just now";
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-Math.floor(passed / step.ms), step.unit);
}

/** "21 Nov 2026, 14:03:07" in the person's own time and language. */
export const exactTime = (date: Date): string =>
  date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });

const dayOf = (date: Date): string => date.toLocaleDateString(undefined, { dateStyle: "medium" });

const timeOf = (date: Date): string => date.toLocaleTimeString(undefined, { timeStyle: "short" });

const STEP = 10_000;

function everyStep(notify: () => void): () => void {
  const timer = setInterval(notify, STEP);
  return () => clearInterval(timer);
}

/** The present, to the end of its ten seconds, so that "2 minutes ago" stays true while the page is open. */
export const useNow = (): Date => new Date(useSyncExternalStore(everyStep, () => Math.ceil(Date.now() / STEP)) * STEP);

interface WhenProps {
  /** ISO 8601, as the API gives it. */
  readonly at: string;
  /** `ago`: how long since. `day`: the day alone. `time`: the time of day. `full`: day and time to the second. */
  readonly form: "ago" | "day" | "time" | "full";
}

/** A time in words, with the exact one behind it. */
export function When({ at, form }: WhenProps) {
  const now = useNow();
  const date = new Date(at);
  const words = {
    ago: () => relativeTime(date, now),
    day: () => dayOf(date),
    time: () => timeOf(date),
    full: () => exactTime(date),
  };
  return (
    <time dateTime={at} title={exactTime(date)}>
      {words[form]()}
    </time>
  );
}
