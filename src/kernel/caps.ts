import * as z from "zod";
import { isMore, parseDecimal, type Quantity } from "./money.ts";

/** Longest window of a rolling cap: 31 days. */
const MOST_HOURS = 744;
const MOST_CAPS = 50;

const amount = z
  .string()
  .max(60)
  .refine(
    (text) => parseDecimal(text) !== null,
    "must be a decimal number such as 500 or 0.25, 18 digits behind the point at most",
  );

/** Printable and without blanks, so that what is compared is what is seen. */
const asset = z
  .string()
  .regex(/^[\x21-\x7e]{1,64}$/, "must be a symbol or an address of 1 to 64 letters, digits and signs");

const cap = z
  .strictObject({
    asset: asset.describe("Symbol or address of an asset; `usd` counts what everything is worth in US dollars."),
    perTransaction: amount
      .nullable()
      .default(null)
      .describe("The most at once, in whole units. null for no such limit."),
    rolling: z
      .object({ amount, hours: z.int().min(1).max(MOST_HOURS) })
      .nullable()
      .default(null)
      .describe("The most within this many hours. null for no such limit."),
  })
  .refine(({ perTransaction, rolling }) => perTransaction !== null || rolling !== null, "must limit something");

/** How assets are told apart: a cap on `usdc` also holds for what a tool calls `USDC`. */
export const assetKey = (name: string): string => name.trim().toLowerCase();

/** What whatever is spent is worth in; an amount in it always counts. */
export const USD = "usd";

/** A list of caps as people and operators write them: each asset once. */
export const capsSchema = z
  .array(cap)
  .max(MOST_CAPS)
  .refine((caps) => new Set(caps.map((one) => assetKey(one.asset))).size === caps.length, "must name each asset once");

/** Limits on one asset, as decimal strings in whole units; `usd` counts what everything is worth. */
export interface Cap {
  readonly asset: string;
  /** The most at once. */
  readonly perTransaction: string | null;
  /** The most within `hours`. */
  readonly rolling: { readonly amount: string; readonly hours: number } | null;
}

/** @throws Error for what {@link capsSchema} would not have let through. */
export function limitOf(text: string): Quantity {
  const limit = parseDecimal(text);
  if (limit === null) throw new Error(`A limit is no decimal number: ${text}`);
  return limit;
}

const atMost = (one: string, other: string): boolean => !isMore(limitOf(one), limitOf(other));

/** Whether what `before` refuses is refused by `after` too. A limit over more hours holds in any fewer of them, and at once. */
function isHeldBy(before: Cap, after: Cap): boolean {
  const { perTransaction: once, rolling } = before;
  const sum = after.rolling;
  const holdsOnce =
    once === null ||
    (after.perTransaction !== null && atMost(after.perTransaction, once)) ||
    (sum !== null && atMost(sum.amount, once));
  const holdsSum =
    rolling === null || (sum !== null && sum.hours >= rolling.hours && atMost(sum.amount, rolling.amount));
  return holdsOnce && holdsSum;
}

/**
 * Whether a change of caps may let something through that was refused before: one is gone, larger, or counts fewer hours.
 * What cannot be told apart for certain counts as loosening.
 */
export const loosensCaps = (before: readonly Cap[], after: readonly Cap[]): boolean =>
  before.some((held) => {
    const now = after.find((one) => assetKey(one.asset) === assetKey(held.asset));
    return now === undefined || !isHeldBy(held, now);
  });
