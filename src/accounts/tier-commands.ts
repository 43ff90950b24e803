import * as z from "zod";
import type { Database, Handle } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Json } from "../kernel/json.ts";
import { operatorCommand, type OperatorCommands } from "../kernel/operator-command.ts";
import { BUNDLE_NAME, nothingBought, standingAt, type Tiers } from "../kernel/tiers.ts";
import { dateOrMoment } from "./moment.ts";
import { personNamed } from "./person-named.ts";
import { grantBundle, listBundles, revokeBundle } from "./records/bundles.ts";
import { findStandings } from "./records/standings.ts";
import { findSubscription, listSubscriptionChanges } from "./records/subscriptions.ts";
import { setTier } from "./set-tier.ts";

interface TierCommandParts {
  readonly database: Database;
  readonly clock: Clock;
  /** Where people sign in. */
  readonly baseUrl: string;
  readonly tiers: Tiers;
  /** Told whose tier or bundles were changed; absent where no server runs in this process. */
  readonly changed?: ((userId: string) => void) | undefined;
}

/** See {@link personNamed}. */
const who = z.string().min(1).max(320);

const until = dateOrMoment.nullish().transform((time) => time ?? null);

const bundleName = z.string().regex(BUNDLE_NAME, "has 1 to 31 small letters, digits, - and _");

const shown = (time: Date | null): string | null => time?.toISOString() ?? null;

/** What a person has, and how it came to be. */
async function show(
  { database, clock, tiers }: TierCommandParts,
  userId: string,
): Promise<{ readonly [member: string]: Json }> {
  const { handle } = database;
  const kept = (await findStandings(handle, [userId])).get(userId) ?? nothingBought;
  const standing = standingAt(kept, tiers, clock());
  const subscription = await findSubscription(handle, userId);
  const bundles = await listBundles(handle, userId);
  const changes = await listSubscriptionChanges(handle, userId, 20);
  return {
    userId,
    tier: standing.tier.name,
    until: shown(standing.until),
    status: subscription?.status ?? null,
    provider: subscription?.provider ?? null,
    reference: subscription?.lastPaymentReference ?? null,
    bundles: [...standing.bundles].toSorted(),
    ownBundles: bundles.map((one) => ({ bundle: one.bundle, until: shown(one.until) })),
    changes: changes.map((one) => ({
      tier: one.tier,
      status: one.status,
      until: shown(one.periodEnd),
      provider: one.provider,
      at: one.at.toISOString(),
    })),
  };
}

/** The operator's commands for what people have bought, beside what their billing says. */
export function tierCommands(parts: TierCommandParts): OperatorCommands {
  const { database, clock, tiers, baseUrl } = parts;
  const { handle } = database;

  /** Writes in one transaction and answers with what the person has then. */
  async function change(named: string, work: (inside: Handle, userId: string) => Promise<boolean>): Promise<Json> {
    const { userId, changed } = await database.transaction(async (inside) => {
      const found = await personNamed(inside, named, baseUrl);
      return { userId: found, changed: await work(inside, found) };
    });
    parts.changed?.(userId);
    return { ...(await show(parts, userId)), changed };
  }

  return {
    "tier.set": operatorCommand(z.strictObject({ who, tier: z.string(), until }), (asked) =>
      change(asked.who, async (inside, userId) => {
        await setTier(inside, tiers, { userId, tier: asked.tier, until: asked.until, by: "operator" }, clock());
        return true;
      }),
    ),
    "tier.show": operatorCommand(z.strictObject({ who }), async (asked) =>
      show(parts, await personNamed(handle, asked.who, baseUrl)),
    ),
    "bundle.grant": operatorCommand(z.strictObject({ who, bundle: bundleName, until }), (asked) =>
      change(asked.who, async (inside, userId) => {
        await grantBundle(inside, { userId, bundle: asked.bundle, until: asked.until, by: "operator" }, clock());
        return true;
      }),
    ),
    "bundle.revoke": operatorCommand(z.strictObject({ who, bundle: bundleName }), (asked) =>
      change(asked.who, (inside, userId) => revokeBundle(inside, userId, asked.bundle)),
    ),
  };
}
