/** An exact number: an amount in the smallest unit, and how many digits of it stand behind the point of one whole. */
export interface Quantity {
  readonly amount: bigint;
  readonly decimals: number;
}

/** What a person or an operator may write: no sign, no exponent, no leading zero. */
const DECIMAL = /^(0|[1-9]\d{0,29})(?:\.(\d{1,18}))?$/;

/** Reads a decimal string such as `500` or `0.25`, exactly. Null for whatever is none. */
export function parseDecimal(text: string): Quantity | null {
  const [, whole, part = ""] = DECIMAL.exec(text) ?? [];
  return whole === undefined ? null : { amount: BigInt(whole + part), decimals: part.length };
}

/**
 * Writes a quantity as a decimal string, exactly. Zeros at the end go, but for the first `least` digits behind the point.
 * @param least 0 for what is stored, 2 for what a person reads.
 */
export function decimalText({ amount, decimals }: Quantity, least = 0): string {
  const digits = String(amount < 0n ? -amount : amount).padStart(decimals + 1, "0");
  const [whole, part] = [digits.slice(0, digits.length - decimals), digits.slice(digits.length - decimals)];
  const shown = part.replace(/0+$/, "").padEnd(least, "0");
  return `${amount < 0n ? "-" : ""}${whole}${shown === "" ? "" : `.${shown}`}`;
}

/** The amount of a quantity where a whole has `decimals` digits, which must not be fewer than its own. */
const scaled = ({ amount, decimals }: Quantity, to: number): bigint => amount * 10n ** BigInt(to - decimals);

/** The sum of two quantities, exactly, whatever digits each has. */
export function addQuantities(one: Quantity, other: Quantity): Quantity {
  const decimals = Math.max(one.decimals, other.decimals);
  return { amount: scaled(one, decimals) + scaled(other, decimals), decimals };
}

/** True when `one` is more than `other`, exactly, whatever digits each has. */
export function isMore(one: Quantity, other: Quantity): boolean {
  const decimals = Math.max(one.decimals, other.decimals);
  return scaled(one, decimals) > scaled(other, decimals);
}

/** Nothing at all: where a sum begins. */
export const nothing: Quantity = { amount: 0n, decimals: 0 };
