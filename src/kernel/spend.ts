import { assetKey, type Cap, limitOf, USD } from "./caps.ts";
import { AppError } from "./errors.ts";
import { addQuantities, decimalText, isMore, nothing, type Quantity } from "./money.ts";

/** What leaves a person's hands at most, measured in one or more ways, such as in SOL and in US dollars. */
export interface Spend {
  readonly amounts: readonly Amount[];
  /** Where it goes, such as an address; absent where it stays the person's, as in a swap of their own. */
  readonly recipient?: string;
}

/** An amount in the smallest unit of an asset. */
export interface Amount {
  /** Symbol or mint, in the asset's own spelling; `usd` for what it is worth in US dollars. */
  readonly asset: string;
  readonly amount: bigint;
  /** Digits behind the point of one whole unit. */
  readonly decimals: number;
}

/** Somebody whom the person lets be paid. */
export interface Recipient {
  readonly recipient: string;
  readonly label: string;
  readonly addedAt: Date;
  /** Before this it rests: who adds a recipient in the person's name gives them time to see it. */
  readonly usableFrom: Date;
}

/** What a person lets assistants spend. */
export interface SpendPolicy {
  /** Rises with every change; 0 where nothing was ever set. */
  readonly version: number;
  /** The person's own. */
  readonly caps: readonly Cap[];
  /** Those of whoever runs the server; both hold. */
  readonly serverCaps: readonly Cap[];
  /** True when only {@link recipients} may be paid; the list decides nothing otherwise. */
  readonly recipientsOnly: boolean;
  readonly recipients: readonly Recipient[];
  /** How long a new recipient rests. */
  readonly holdHours: number;
  /** Above this worth, all clicks of a day together, the person signs in again or uses a passkey, in US dollars. */
  readonly freshAboveUsd: string;
  /** After so many clicks of a day they do so, too, whatever each was worth. */
  readonly freshAfterClicks: number;
}

/** A span of time up to now, and the asset that is counted in it, by its {@link assetKey}. */
export interface Window {
  readonly asset: string;
  readonly hours: number;
}

/** What counts in a window already; several of one window add up. */
export interface Spent extends Window, Quantity {}

/** The windows that have to be counted before a spend can be judged, each once. */
export function windowsOf({ caps, serverCaps }: Pick<SpendPolicy, "caps" | "serverCaps">): readonly Window[] {
  const windows = [...caps, ...serverCaps].flatMap(({ asset, rolling }) =>
    rolling ? [{ asset: assetKey(asset), hours: rolling.hours }] : [],
  );
  return [...new Map(windows.map((window) => [`${window.hours} ${window.asset}`, window])).values()];
}

/** What counts in a window. */
export const spentIn = (spent: readonly Spent[], { asset, hours }: Window): Quantity =>
  spent.filter((one) => one.asset === asset && one.hours === hours).reduce<Quantity>(addQuantities, nothing);

/**
 * The amounts of a spend by the key of their asset; what is named twice adds up.
 * @throws AppError `internal` for an amount below zero, which would make room, and for one that is no amount.
 */
export function measuresOf({ amounts }: Spend): ReadonlyMap<string, Amount> {
  const measures = new Map<string, Amount>();
  for (const { asset, amount, decimals } of amounts) {
    const key = assetKey(asset);
    if (amount < 0n || !Number.isInteger(decimals) || decimals < 0 || decimals > 100 || key === "")
      throw new AppError("internal", "The tool states an amount that cannot be counted, so it was not run.");
    const known = measures.get(key) ?? { asset, ...nothing };
    measures.set(key, { ...addQuantities(known, { amount, decimals }), asset: known.asset });
  }
  return measures;
}

function recipientRefusal(policy: SpendPolicy, { recipient }: Spend, now: Date): AppError | null {
  if (recipient === undefined || !policy.recipientsOnly) return null;
  const listed = policy.recipients.find((one) => one.recipient === recipient);
  if (listed === undefined)
    return new AppError(
      "recipient_not_allowed",
      "Only recipients on your list may be paid, and this one is not on it.",
    );
  if (listed.usableFrom <= now) return null;
  const from = listed.usableFrom.toISOString();
  return new AppError("recipient_on_hold", `This recipient is new and may be paid from ${from}.`, {
    details: { usableFrom: from },
  });
}

/** What cannot be counted is not spent. */
function uncountedRefusal(caps: readonly Cap[], measures: ReadonlyMap<string, Amount>): AppError | null {
  if (measures.size === 0 && caps.length > 0)
    return new AppError("spend_limit", "It does not say how much it spends, so no limit could be held.");
  if (measures.has(USD) || !caps.some(({ asset }) => assetKey(asset) === USD)) return null;
  return new AppError("spend_limit", "There is a limit in US dollars, and it does not say what this is worth.", {
    next: "Use a tool that says what it spends in US dollars, or ask the person to set their limits otherwise.",
  });
}

/** A cap, and whose it is. */
interface OwnedCap extends Cap {
  readonly owner: "person" | "server";
}

/** @param within such as ` in 24 hours`. */
function overLimit(cap: OwnedCap, would: Quantity, limit: Quantity, within: string): AppError {
  const unit = assetKey(cap.asset) === USD ? "USD" : cap.asset;
  const whose = cap.owner === "person" ? "your limit" : "the limit of this server";
  const sentence = `That would be ${decimalText(would, 2)} ${unit}${within}; ${whose} is ${decimalText(limit, 2)}.`;
  const next =
    cap.owner === "person" ? {} : { next: "Propose a smaller amount; whoever runs this server sets this limit." };
  return new AppError("spend_limit", sentence, { ...next, details: { asset: cap.asset, limit: decimalText(limit) } });
}

function capRefusal(cap: OwnedCap, measures: ReadonlyMap<string, Amount>, spent: readonly Spent[]): AppError | null {
  const asset = assetKey(cap.asset);
  const amount = measures.get(asset);
  if (amount === undefined) return null;
  const once = cap.perTransaction === null ? null : limitOf(cap.perTransaction);
  if (once !== null && isMore(amount, once)) return overLimit(cap, amount, once, " at once");
  if (cap.rolling === null) return null;
  const { hours } = cap.rolling;
  const would = addQuantities(spentIn(spent, { asset, hours }), amount);
  const limit = limitOf(cap.rolling.amount);
  return isMore(would, limit) ? overLimit(cap, would, limit, hours === 1 ? " in an hour" : ` in ${hours} hours`) : null;
}

/**
 * Decides whether a spend may be: every cap of the person and of the server holds, and the recipient is one that may be
 * paid. What it does not measure and a cap in US dollars would count is refused.
 * @param spent what counts already in each of {@link windowsOf}.
 * @returns null, or why not: `spend_limit`, `recipient_not_allowed` or `recipient_on_hold`.
 * @throws AppError as {@link measuresOf} does.
 */
export function judgeSpend(policy: SpendPolicy, spent: readonly Spent[], spend: Spend, now: Date): AppError | null {
  const measures = measuresOf(spend);
  const caps: readonly OwnedCap[] = [
    ...policy.caps.map((cap) => ({ ...cap, owner: "person" as const })),
    ...policy.serverCaps.map((cap) => ({ ...cap, owner: "server" as const })),
  ];
  const refusal = recipientRefusal(policy, spend, now) ?? uncountedRefusal(caps, measures);
  return caps.reduce((found, cap) => found ?? capRefusal(cap, measures, spent), refusal);
}

/** How the person has to prove themselves to decide: `fresh` by signing in again a moment ago, or with a passkey. */
export type Strength = "usual" | "fresh";

/** What a person has approved by a click alone: within {@link CLICK_HOURS}, and since they last proved to be there. */
export interface Clicks {
  readonly count: number;
  /** What all of it was worth, in US dollars. */
  readonly worth: Quantity;
}

export const noClicks: Clicks = { count: 0, worth: nothing };

/** How long a click is remembered. */
export const CLICK_HOURS = 24;

/** What a spend is worth in US dollars; null where nobody says so. @throws AppError as {@link measuresOf} does. */
export const worthOf = (spend: Spend): Quantity | null => measuresOf(spend).get(USD) ?? null;

/**
 * How strong a decision has to be: fresh where the tool says so, where nobody says what moves is worth, and where it would
 * make more than the thresholds of all that was approved by a click alone lately: many small questions are a large one, and
 * questions without an amount are counted.
 */
export function strengthOf(
  { high, spend }: { readonly high?: boolean; readonly spend?: Spend },
  { freshAboveUsd, freshAfterClicks }: Pick<SpendPolicy, "freshAboveUsd" | "freshAfterClicks">,
  { count, worth }: Clicks = noClicks,
): Strength {
  if (high || count >= freshAfterClicks) return "fresh";
  if (spend === undefined) return "usual";
  const own = worthOf(spend);
  return own === null || isMore(addQuantities(worth, own), limitOf(freshAboveUsd)) ? "fresh" : "usual";
}
