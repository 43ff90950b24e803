import type { Handle } from "../database/handle.ts";
import type { PersonalData } from "../kernel/personal-data.ts";
import { listBundles } from "./records/bundles.ts";
import { findSubscription, listSubscriptionChanges } from "./records/subscriptions.ts";
import { listUses } from "./records/usage.ts";

/** Changes of a subscription are few; who has more gets the newest. */
const MOST_CHANGES = 1000;

const shown = (time: Date | null): string | null => time?.toISOString() ?? null;

/** What a person has bought and used. It goes with the user's row. */
export const entitlementData: PersonalData<Handle> = {
  name: "plan",
  async exportOf(handle, userId) {
    const held = await findSubscription(handle, userId);
    const bundles = await listBundles(handle, userId);
    const changes = await listSubscriptionChanges(handle, userId, MOST_CHANGES);
    return {
      subscription: held && {
        tier: held.tier,
        status: held.status,
        currentPeriodEnd: shown(held.periodEnd),
        provider: held.provider,
        lastPaymentAt: shown(held.lastPaymentAt),
        lastPaymentReference: held.lastPaymentReference,
        payment: held.paymentPayload,
        createdAt: held.createdAt.toISOString(),
        updatedAt: held.updatedAt.toISOString(),
      },
      changes: changes.map(({ periodEnd, at, ...change }) => ({
        ...change,
        currentPeriodEnd: shown(periodEnd),
        at: at.toISOString(),
      })),
      bundles: bundles.map(({ bundle, until, grantedAt }) => ({
        bundle,
        until: shown(until),
        grantedAt: grantedAt.toISOString(),
      })),
      counted: (await listUses(handle, userId)).map(({ day, tool, used }) => ({ day, tool, used })),
    };
  },
};
