import type { NewCap } from "../work-api.ts";
import { amountWords } from "./amount.ts";

const DAY = 24;

/** A length of time: "24 hours", "7 days". */
export const hoursWords = (hours: number): string => {
  if (hours === 1) return "hour";
  return hours > DAY && hours % DAY === 0 ? `${hours / DAY} days` : `${hours} hours`;
};

/** What a cap comes to, in one sentence. */
export function capWords({ asset, perTransaction, rolling }: NewCap): string {
  const parts = [
    perTransaction === null ? null : `at most ${amountWords(perTransaction, asset)} each time`,
    rolling === null ? null : `at most ${amountWords(rolling.amount, asset)} in any ${hoursWords(rolling.hours)}`,
  ].filter((part) => part !== null);
  const sentence = parts.join(", and ");
  return sentence === "" ? "No limit." : `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}.`;
}
