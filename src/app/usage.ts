import type { Entitlements } from "../accounts/entitlements.ts";
import type { UsageView } from "../channels/api/types.ts";
import type { TierConfig } from "../config/tier-settings.ts";
import type { Handle } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import { dayOf, needsOf, nextDay, perDayOf } from "../kernel/entitlement.ts";
import type { ToolFacts } from "../kernel/tool.ts";
import { countCalls } from "../ledger/records/usage.ts";

interface UsageParts {
  readonly handle: Handle;
  readonly clock: Clock;
  readonly entitlements: Pick<Entitlements, "standingOf" | "usedOn">;
  readonly plans: TierConfig;
  readonly tools: readonly ToolFacts[];
}

/** As the view has it: null is as many as they like. */
const limited = (callsPerMinute: number): number | null => (callsPerMinute === 0 ? null : callsPerMinute);

/** What a person has, and what their assistants used of it today: from the receipts, and what is counted from its counters. */
export const createUsage =
  ({ handle, clock, entitlements, plans, tools }: UsageParts) =>
  async (userId: string): Promise<UsageView> => {
    const now = clock();
    const own = tools.filter(({ audience }) => audience === "assistant");
    const standing = await entitlements.standingOf(userId, now);
    const [calls, counted] = await Promise.all([
      countCalls(
        handle,
        userId,
        new Date(`${dayOf(now)}T00:00:00.000Z`),
        own.map(({ name }) => name),
      ),
      entitlements.usedOn(userId, now),
    ]);
    const rows = own.map((tool) => {
      const perDay = perDayOf(standing.tier, tool.name);
      const used = perDay === null ? calls.byTool.get(tool.name) : counted.get(tool.name);
      return {
        name: tool.name,
        title: tool.title,
        usedToday: used ?? 0,
        perDay,
        needs: needsOf(tool, standing, plans.tiers),
      };
    });
    return {
      tier: { name: standing.tier.name, title: standing.tier.title, until: standing.until?.toISOString() ?? null },
      bundles: [...standing.bundles].toSorted(),
      callsPerMinute: limited(standing.tier.callsPerMinute),
      callsToday: calls.total,
      resetsAt: nextDay(now).toISOString(),
      tools: rows.filter(({ usedToday, perDay, needs }) => usedToday > 0 || perDay !== null || needs !== null),
      tiers: plans.tiers.map(({ name, title, callsPerMinute }) => ({
        name,
        title,
        callsPerMinute: limited(callsPerMinute),
      })),
      upgradeUrl: plans.upgradeUrl,
    };
  };
