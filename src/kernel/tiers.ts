/** What bundles are called. */
export const BUNDLE_NAME = /^[a-z][a-z0-9_-]{0,30}$/;

/** One tier that is sold. Tiers come in the order of their rank, the lowest first: it is what everybody has. */
export interface Tier {
  readonly name: string;
  /** In a person's words. */
  readonly title: string;
  /** Calls that all assistants of a person may make in a minute; 0 means as many as they like. */
  readonly callsPerMinute: number;
  /** Calls of single tools in a day (UTC); a tool that is not named is not counted. */
  readonly perDay: Readonly<Record<string, number>>;
  /** Bundles that come with it and with every tier above it. */
  readonly bundles: readonly string[];
}

/** At least one: the lowest is what everybody has. */
export type Tiers = readonly [Tier, ...Tier[]];

/** How a subscription stands, in the words of who bills it. */
export const subscriptionStatuses = ["active", "trialing", "past_due", "canceled", "expired"] as const;
export type SubscriptionStatus = (typeof subscriptionStatuses)[number];

/** What the tables say of a person; what of it holds, only a time can tell. */
export interface KeptStanding {
  readonly subscription: {
    readonly tier: string;
    readonly status: SubscriptionStatus;
    /** The end of what was paid for; null where there is none. */
    readonly periodEnd: Date | null;
  } | null;
  /** Bundles that were given to this person alone; `until` null where it is for good. */
  readonly bundles: readonly { readonly bundle: string; readonly until: Date | null }[];
}

/** Of whom the tables say nothing. */
export const nothingBought: KeptStanding = { subscription: null, bundles: [] };

/** What a person has at one time. */
export interface Standing {
  readonly tier: Tier;
  /** When they fall back to the lowest tier; null where nothing says so. */
  readonly until: Date | null;
  /** Of the tier and of their own. */
  readonly bundles: ReadonlySet<string>;
}

/** The place of a tier in the order; -1 where it is not sold. */
export const rankOf = (tiers: Tiers, name: string): number => tiers.findIndex((tier) => tier.name === name);

/** The bundles that come with the tier of a rank. */
export const bundlesUpTo = (tiers: Tiers, rank: number): ReadonlySet<string> =>
  new Set(tiers.slice(0, rank + 1).flatMap(({ bundles }) => bundles));

const isAhead = (end: Date, now: Date): boolean => now.getTime() < end.getTime();

/**
 * Whether a subscription gives its tier now. What is paid, or on trial, holds to the end of its period, or for good where
 * it has none. A payment that failed, and a subscription that will not go on, keep what was paid for: to that end, and
 * not at all without one. The view `profiles` says the same in SQL.
 */
export function isLive({ status, periodEnd }: NonNullable<KeptStanding["subscription"]>, now: Date): boolean {
  if (status === "expired") return false;
  if (periodEnd === null) return status === "active" || status === "trialing";
  return isAhead(periodEnd, now);
}

/**
 * What a person has at a time. Nothing has to run for a subscription to end: its end is compared with the time of each
 * call. A tier that is no longer sold counts as the lowest.
 */
export function standingAt({ subscription, bundles }: KeptStanding, tiers: Tiers, now: Date): Standing {
  const sold = subscription === null ? -1 : rankOf(tiers, subscription.tier);
  const live = subscription !== null && sold >= 0 && isLive(subscription, now);
  const rank = live ? sold : 0;
  const own = bundles.filter(({ until }) => until === null || isAhead(until, now)).map(({ bundle }) => bundle);
  return {
    tier: tiers[rank] ?? tiers[0],
    until: live ? subscription.periodEnd : null,
    bundles: new Set([...bundlesUpTo(tiers, rank), ...own]),
  };
}
