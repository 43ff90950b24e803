import type { Handle } from "../database/handle.ts";
import type { Cap } from "../kernel/caps.ts";
import { judgeSpend, measuresOf, type Spend, type SpendPolicy, windowsOf } from "../kernel/spend.ts";
import {
  countSpent,
  insertReservation,
  isCounted,
  type Settlement,
  settleReservation,
} from "./records/reservations.ts";
import { findPolicy, listRecipients, lockPolicy, type OwnPolicy } from "./records/spending.ts";
import { createSpendChoices, type SpendChoices } from "./spend-choices.ts";
import { spendingView, type PolicyView } from "./spending-view.ts";

/** What the operator decides for everyone. */
export interface SpendingSettings {
  /** Hold beside a person's own. */
  readonly caps: readonly Cap[];
  /** How long a new recipient rests. */
  readonly holdHours: number;
  /** Above this worth a usual click does not decide, in US dollars. */
  readonly freshAboveUsd: string;
  /** After so many clicks within a day one does not decide any more. */
  readonly freshAfterClicks: number;
}

/** What an operation is to spend. */
export interface SpendRequest {
  /** Of the operation. */
  readonly id: string;
  readonly userId: string;
  readonly spend: Spend;
  readonly now: Date;
}

/** What people let assistants spend, and what counts against it. Every function runs in the transaction of its handle. */
export interface Spending extends SpendChoices {
  /**
   * Reserves what an operation may spend, once: what it has reserved or spent already stays. Locks the person's policy
   * until the transaction ends, so a transaction reserves for one person alone, or two of them could wait for each other.
   * @throws AppError `spend_limit`, `recipient_not_allowed` or `recipient_on_hold`; then nothing is reserved.
   */
  reserve(handle: Handle, request: SpendRequest): Promise<void>;
  /** Throws what {@link Spending.reserve} would throw now, and reserves nothing: nobody is asked for what cannot be. */
  check(handle: Handle, request: Omit<SpendRequest, "id">): Promise<void>;
  /** How what is reserved ended. What was settled before stays as it is; an operation that reserved nothing is fine too. */
  settle(handle: Handle, id: string, settlement: Settlement, now: Date): Promise<void>;
  /** 0 where the person never set anything. Once {@link Spending.reserve} has locked it, it stays until the transaction ends. */
  policyVersion(handle: Handle, userId: string): Promise<number>;
  policyOf(handle: Handle, userId: string): Promise<SpendPolicy>;
  /** The policy as its person sees it, with what counts in each window. */
  view(handle: Handle, userId: string, now: Date): Promise<PolicyView>;
}

const NEVER_SET: OwnPolicy = { version: 0, caps: [], recipientsOnly: false };

/** See {@link Spending}. */
export function createSpending(settings: SpendingSettings): Spending {
  const policyFrom = async (handle: Handle, userId: string, own: OwnPolicy): Promise<SpendPolicy> => ({
    ...own,
    serverCaps: settings.caps,
    recipients: await listRecipients(handle, userId),
    holdHours: settings.holdHours,
    freshAboveUsd: settings.freshAboveUsd,
    freshAfterClicks: settings.freshAfterClicks,
  });
  const policyOf: Spending["policyOf"] = async (handle, userId) =>
    policyFrom(handle, userId, (await findPolicy(handle, userId)) ?? NEVER_SET);

  async function judge(handle: Handle, policy: SpendPolicy, request: Omit<SpendRequest, "id">): Promise<void> {
    const spent = await countSpent(handle, request.userId, windowsOf(policy), request.now);
    const refusal = judgeSpend(policy, spent, request.spend, request.now);
    if (refusal) throw refusal;
  }

  return {
    ...createSpendChoices(settings.holdHours),
    async reserve(handle, request) {
      const { id, userId, spend, now } = request;
      // What is counted is read after the lock is held, so that it holds all that others have reserved before.
      const own = await lockPolicy(handle, userId, now);
      if (await isCounted(handle, id)) return;
      await judge(handle, await policyFrom(handle, userId, own), request);
      const measures = measuresOf(spend);
      await insertReservation(handle, { id, userId, measures, recipient: spend.recipient ?? null }, now);
    },
    check: async (handle, request) => judge(handle, await policyOf(handle, request.userId), request),
    settle: settleReservation,
    policyVersion: async (handle, userId) => ((await findPolicy(handle, userId)) ?? NEVER_SET).version,
    policyOf,
    async view(handle, userId, now) {
      const policy = await policyOf(handle, userId);
      return spendingView(policy, await countSpent(handle, userId, windowsOf(policy), now));
    },
  };
}
