/** An amount as a person writes it: digits, and behind a point as many as the finest asset has. */
const AMOUNT = /^(?:0|[1-9]\d{0,29})(?:\.\d{1,18})?$/;

/** Reads an amount that was typed; null where it is none. A sign, an exponent and a comma are none. */
export function readAmount(typed: string): string | null {
  const text = typed.trim();
  return AMOUNT.test(text) ? text : null;
}

const dollars = (asset: string): boolean => asset.toLowerCase() === "usd";

/** An amount of an asset, in words: "12.50 US dollars", "1.5 SOL". The digits stay as they are. */
export const amountWords = (amount: string, asset: string): string =>
  `${grouped(amount)} ${dollars(asset) ? "US dollars" : asset}`;

/** It keeps a number on one line (U+202F). */
const NARROW_SPACE = "\u202F";

/** The digits before the point in groups of three, which no sum of money can be read without. */
function grouped(amount: string): string {
  const [whole = "", rest] = amount.split(".");
  const groups = whole.replace(/\B(?=(?:\d{3})+$)/g, NARROW_SPACE);
  return rest === undefined ? groups : `${groups}.${rest}`;
}

/** An asset, as a heading says it. */
export const assetWords = (asset: string): string => (dollars(asset) ? "Everything together, in US dollars" : asset);

/** Share of an amount in another, between 0 and 1, for a picture alone: digits are never computed with. */
export function shareOf(part: string, whole: string): number {
  const share = Number(part) / Number(whole);
  return Number.isFinite(share) ? Math.min(Math.max(share, 0), 1) : 0;
}
