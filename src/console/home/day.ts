import type { Receipt } from "../contract.ts";

/** Receipts of one day, newest first. */
export interface Day {
  /** "Today", "Yesterday", "Thursday 19 November". */
  readonly words: string;
  readonly receipts: readonly Receipt[];
}

const startOfDay = (date: Date): number => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

/** A day is 23 or 25 hours long twice a year. */
const daysBetween = (then: Date, now: Date): number => Math.round((startOfDay(now) - startOfDay(then)) / 86_400_000);

/** The name of a day, seen from another, where the person is. */
export function dayWords(then: Date, now: Date, locale?: string): string {
  const days = daysBetween(then, now);
  if (days <= 0) return "Today";
  if (days === 1) return "Yesterday";
  const year = then.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return then.toLocaleDateString(locale, { weekday: "long", day: "numeric", month: "long", year });
}

/** Receipts by the day on which they began; the order stays. */
export function daysOf(receipts: readonly Receipt[], now: Date, locale?: string): readonly Day[] {
  const days = Map.groupBy(receipts, ({ startedAt }) => dayWords(new Date(startedAt), now, locale));
  return [...days].map(([words, ofDay]) => ({ words, receipts: ofDay }));
}
