import { AppError } from "./errors.ts";
import { bundlesUpTo, rankOf, type Standing, type Tier, type Tiers } from "./tiers.ts";
import type { ToolFacts } from "./tool.ts";

/** The facts that decide who has a tool. */
export type Entitled = Pick<ToolFacts, "title" | "tier" | "bundle">;

/** What one person has at the time of one call, read once for it. */
export interface Entitlement {
  /** Calls that their assistants may make in a minute; 0 means as many as they like. */
  readonly callsPerMinute: number;
  /**
   * Decides whether they have a tool, and takes one from the day's quota where their tier counts it.
   * @throws AppError `upgrade_required`, `tool_not_allowed`, `quota_exhausted`.
   */
  take(tool: Entitled & Pick<ToolFacts, "name">): Promise<void>;
  /** Gives back what {@link take} took: a call that was refused after all is not counted. */
  giveBack(tool: Pick<ToolFacts, "name">): Promise<void>;
}

/** What a person lacks for a tool: a higher tier, or something that no tier on sale holds. */
export type Lack = { readonly kind: "tier"; readonly tier: Tier } | { readonly kind: "not_sold" };

/** What keeps a person from a tool; null when nothing does. */
export function lackOf(tool: Entitled, standing: Standing, tiers: Tiers): Lack | null {
  const lowest = tool.tier === undefined ? 0 : rankOf(tiers, tool.tier);
  if (lowest < 0) return { kind: "not_sold" };
  const { bundle } = tool;
  const hasBundle = bundle === undefined || standing.bundles.has(bundle);
  if (hasBundle && rankOf(tiers, standing.tier.name) >= lowest) return null;
  const needed = tiers.find((_, rank) => rank >= lowest && (hasBundle || bundlesUpTo(tiers, rank).has(bundle)));
  return needed === undefined ? { kind: "not_sold" } : { kind: "tier", tier: needed };
}

/** What a tool needs, for a person who does not have it; null for one who does. */
export function needsOf(tool: Entitled, standing: Standing, tiers: Tiers): string | null {
  const lack = lackOf(tool, standing, tiers);
  if (lack === null) return null;
  return lack.kind === "tier" ? `Needs ${lack.tier.title}.` : "No plan on sale here holds it.";
}

/**
 * Decides whether a person's tier and bundles hold a tool.
 * @param upgradeUrl where the person gets more.
 * @throws AppError `upgrade_required` (details: `tier`, `upgradeUrl`), or `tool_not_allowed` where no tier that is sold
 * holds it.
 */
export function requireEntitlement(tool: Entitled, standing: Standing, tiers: Tiers, upgradeUrl: string): void {
  const lack = lackOf(tool, standing, tiers);
  if (lack === null) return;
  if (lack.kind === "not_sold") {
    throw new AppError("tool_not_allowed", `${tool.title} is in no plan that is sold here.`, {
      next: "Use another tool, or ask whoever runs this server.",
    });
  }
  const { name, title } = lack.tier;
  throw new AppError("upgrade_required", `${tool.title} needs ${title}; you have ${standing.tier.title}.`, {
    next: `Offer the person this link, where they can change their plan: ${upgradeUrl}`,
    details: { tier: name, upgradeUrl },
  });
}

/** Calls of a tool that a person has in a day; null where they are not counted. */
export const perDayOf = ({ perDay }: Tier, tool: string): number | null =>
  Object.hasOwn(perDay, tool) ? (perDay[tool] ?? null) : null;

const DAY_MS = 86_400_000;

/** The day of a time, UTC: `2026-11-30`. */
export const dayOf = (now: Date): string => now.toISOString().slice(0, 10);

/** When the counts of the day begin anew. */
export const nextDay = (now: Date): Date => new Date((Math.floor(now.getTime() / DAY_MS) + 1) * DAY_MS);

/** The refusal of a call beyond what a tier holds for a day. */
export function quotaExhausted(tool: Entitled, tier: Tier, perDay: number, now: Date, upgradeUrl: string): AppError {
  const end = nextDay(now);
  const retryAfter = Math.max(1, Math.ceil((end.getTime() - now.getTime()) / 1000));
  const retryAt = end.toISOString();
  const times = perDay === 1 ? "once" : `${perDay} times`;
  return new AppError(
    "quota_exhausted",
    `${tool.title} was used ${times} today, which is all that ${tier.title} holds.`,
    {
      next: `Wait until ${retryAt}, or offer the person this link, where they can change their plan: ${upgradeUrl}`,
      details: { retryAfter, retryAt, upgradeUrl },
    },
  );
}
