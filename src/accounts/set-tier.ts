import type { Handle } from "../database/handle.ts";
import { AppError } from "../kernel/errors.ts";
import type { Tiers } from "../kernel/tiers.ts";
import { grantBundle } from "./records/bundles.ts";
import { holdUser, saveSubscription } from "./records/subscriptions.ts";

/** What somebody of this installation says that a person has. */
export interface TierChange {
  readonly userId: string;
  readonly tier: string;
  /** Null for good. */
  readonly until: Date | null;
  /** Who says so: `operator` or `admin`; the receipt of an administrator's call says which one. */
  readonly by: string;
}

/** @throws AppError `invalid_input`: a tier that is not sold, or an end that is no end. */
function requireSound({ tier, until }: TierChange, tiers: Tiers, now: Date): void {
  if (tiers.every(({ name }) => name !== tier)) {
    const sold = tiers.map(({ name }) => name).join(", ");
    throw new AppError("invalid_input", `There is no tier ${tier}; this server sells ${sold}.`);
  }
  if (until !== null && until <= now)
    throw new AppError("invalid_input", "The end has to lie ahead; to take a tier away, set the lowest one.");
}

/**
 * Gives a person a tier, whatever they had. What their billing says later of a later time replaces it again.
 * @param handle inside a transaction.
 * @throws AppError `invalid_input`, `not_found`.
 */
export async function setTier(handle: Handle, tiers: Tiers, change: TierChange, now: Date): Promise<void> {
  requireSound(change, tiers, now);
  if (!(await holdUser(handle, change.userId))) throw new AppError("not_found", "There is no person with this id.");
  const { userId, tier, until: periodEnd, by: provider } = change;
  const row = { userId, tier, status: "active", periodEnd, provider, asOf: now, payment: null } as const;
  if (await saveSubscription(handle, row, now)) return;
  throw new AppError("conflict", "What is kept of this subscription is newer than this server's clock.");
}

/** A bundle that somebody of this installation gives to a person. */
export interface BundleGift {
  readonly userId: string;
  readonly bundle: string;
  /** Null for good. */
  readonly until: Date | null;
  /** Who gives it: `operator` or `admin`. */
  readonly by: string;
}

/**
 * Gives a person a bundle beside those of their tier, or another end to one that they have.
 * @param handle inside a transaction.
 * @throws AppError `invalid_input`, `not_found`.
 */
export async function giveBundle(handle: Handle, gift: BundleGift, now: Date): Promise<void> {
  if (gift.until !== null && gift.until <= now)
    throw new AppError("invalid_input", "The end has to lie ahead; to take a bundle away, revoke it.");
  if (!(await holdUser(handle, gift.userId))) throw new AppError("not_found", "There is no person with this id.");
  await grantBundle(handle, gift, now);
}
