import type { Database, Handle } from "../database/handle.ts";
import { createRoutes, type Routes } from "../http/router.ts";
import { after, type Clock } from "../kernel/clock.ts";
import { dayOf, type Entitlement, perDayOf, quotaExhausted, requireEntitlement } from "../kernel/entitlement.ts";
import type { Principal } from "../kernel/principal.ts";
import { type KeptStanding, nothingBought, type Standing, standingAt, type Tiers } from "../kernel/tiers.ts";
import type { ToolFacts } from "../kernel/tool.ts";
import { billingRoutes } from "./billing-routes.ts";
import { deleteOldDeliveries } from "./records/billing-deliveries.ts";
import { revokeBundle } from "./records/bundles.ts";
import { findStandings } from "./records/standings.ts";
import { saveTiers } from "./records/subscriptions.ts";
import { type CountedUse, deleteOldUses, giveBackUse, takeUse, usedOn } from "./records/usage.ts";
import { type BundleGift, giveBundle, setTier, type TierChange } from "./set-tier.ts";
import { createStandings, type Standings } from "./standings.ts";

interface EntitlementParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly tiers: Tiers;
  /** Where people change their plan. */
  readonly upgradeUrl: string;
  /** Secrets that sign what the billing sends. */
  readonly billingSecrets: readonly Uint8Array[];
}

type Who = Pick<Principal, "userId">;
type Tool = Pick<ToolFacts, "name" | "title" | "tier" | "bundle">;

/** A person's tier, and until when they have it; null where nothing says so. */
interface HeldTier {
  readonly tier: string;
  readonly until: Date | null;
  /** What they were given beside it, and still have. */
  readonly bundles: KeptStanding["bundles"];
}

/** What people have bought: who has which tool, how much of it, and how fast. */
export interface Entitlements {
  /** Where the billing says what people have bought. */
  readonly routes: Routes;
  /**
   * Decides whether a person has a tool, from tier and bundles alone: for what was admitted before and runs now.
   * @throws AppError `upgrade_required`, `tool_not_allowed`.
   */
  requireTool(tool: Tool, who: Who, now: Date): Promise<void>;
  /** What a person has for one new call at a time. */
  entitlementOf(userId: string, now: Date): Promise<Entitlement>;
  /** What a person has at a time. */
  standingOf(userId: string, now: Date): Promise<Standing>;
  /** What was counted of a person on the day of a time, by tool. */
  usedOn(userId: string, now: Date): Promise<ReadonlyMap<string, number>>;
  /** To be told when this process changes what a person has. */
  changed(userId: string): void;
  /** What administrators see and set. Each uses only the handle that it is given. */
  readonly plans: {
    /** The tier of each of several people, and until when they have it. */
    of(handle: Handle, userIds: readonly string[], now: Date): Promise<ReadonlyMap<string, HeldTier>>;
    /** @throws AppError `invalid_input` for a tier that is not sold or an end in the past, `not_found`. */
    set(handle: Handle, change: Omit<TierChange, "by">, now: Date): Promise<void>;
    /** @throws AppError `invalid_input` for an end in the past, `not_found`. */
    grantBundle(handle: Handle, given: Omit<BundleGift, "by">, now: Date): Promise<void>;
    /** False when the person was not given it. */
    revokeBundle(handle: Handle, userId: string, bundle: string): Promise<boolean>;
  };
  /** Deletes counters and ids of deliveries that nobody asks for any more. */
  sweep(): Promise<void>;
}

/** How long counters and ids of deliveries are kept. */
const KEPT_SECONDS = 30 * 86_400;

async function sweep(handle: Handle, now: Date): Promise<void> {
  const before = after(now, -KEPT_SECONDS);
  await deleteOldUses(handle, dayOf(before));
  await deleteOldDeliveries(handle, before);
}

/** What administrators see and set of what people have. */
const plansOf = (tiers: Tiers, standings: Standings): Entitlements["plans"] => ({
  async of(handle, userIds, at) {
    const kept = await findStandings(handle, userIds);
    const held = (id: string): HeldTier => {
      const own = kept.get(id) ?? nothingBought;
      const { tier, until } = standingAt(own, tiers, at);
      return { tier: tier.name, until, bundles: own.bundles.filter((one) => one.until === null || one.until > at) };
    };
    return new Map(userIds.map((id) => [id, held(id)]));
  },
  async set(handle, change, at) {
    await setTier(handle, tiers, { ...change, by: "admin" }, at);
    standings.changed(change.userId);
  },
  async grantBundle(handle, given, at) {
    await giveBundle(handle, { ...given, by: "admin" }, at);
    standings.changed(given.userId);
  },
  async revokeBundle(handle, userId, bundle) {
    const had = await revokeBundle(handle, userId, bundle);
    standings.changed(userId);
    return had;
  },
});

/** Writes down what is sold, and builds what decides by it. */
export async function openEntitlements(parts: EntitlementParts): Promise<Entitlements> {
  const { database, clock, tiers, upgradeUrl } = parts;
  await saveTiers(database.handle, tiers);
  const standings = createStandings(parts);
  const standingOf = async (userId: string, now: Date): Promise<Standing> =>
    standingAt(await standings.of(userId), tiers, now);

  async function entitlementOf(userId: string, now: Date): Promise<Entitlement> {
    const standing = await standingOf(userId, now);
    const { tier } = standing;
    const useOf = (tool: string): CountedUse => ({ userId, day: dayOf(now), tool });
    return {
      callsPerMinute: tier.callsPerMinute,
      async take(tool) {
        requireEntitlement(tool, standing, tiers, upgradeUrl);
        const perDay = perDayOf(tier, tool.name);
        if (perDay === null || (await takeUse(database.handle, useOf(tool.name), perDay))) return;
        throw quotaExhausted(tool, tier, perDay, now, upgradeUrl);
      },
      async giveBack({ name }) {
        if (perDayOf(tier, name) !== null) await giveBackUse(database.handle, useOf(name));
      },
    };
  }

  const routes = createRoutes();
  routes.route("/", billingRoutes({ ...parts, secrets: parts.billingSecrets, changed: standings.changed }));
  return {
    routes,
    async requireTool(tool, { userId }, now) {
      requireEntitlement(tool, await standingOf(userId, now), tiers, upgradeUrl);
    },
    entitlementOf,
    standingOf,
    usedOn: (userId, now) => usedOn(database.handle, userId, dayOf(now)),
    changed: standings.changed,
    plans: plansOf(tiers, standings),
    sweep: () => sweep(database.handle, clock()),
  };
}
