import { after } from "../kernel/clock.ts";
import { errorTable } from "../kernel/errors.ts";
import { closeDead, closeLeftOpen, type EffectsParts } from "./effects.ts";
import { expireApprovals } from "./records/approvals.ts";
import { selectDeadOperations, selectLeftOpen, settleOperation } from "./records/operations.ts";
import { selectWhole } from "./records/receipts.ts";

/** Longer than any call without a job may take: one that is still open then belongs to a dead process. */
const DEAD_AFTER_SECONDS = 120;
/** Rows that one sweep takes; what is left waits a minute. */
const SWEPT = 500;

/** Questions whose time is over end their operation: the same call may then be sent again, and asks anew. */
async function expire({ database, clock }: EffectsParts): Promise<readonly string[]> {
  const now = clock();
  return database.transaction(async (handle) => {
    const expired = await expireApprovals(handle, now, SWEPT);
    for (const { id } of expired) {
      await settleOperation(handle, id, {
        state: "failed",
        code: "approval_expired",
        message: "The time to decide is over, so nothing was run.",
        next: errorTable.approval_expired.next,
        answerSealed: null,
        freesKey: true,
        now,
      });
    }
    return expired.map(({ userId }) => userId);
  });
}

/**
 * Does what no call does: ends questions that nobody decided, calls that died with their process, and receipts of jobs that
 * somebody ended meanwhile.
 * @returns whose approvals expired.
 */
export async function sweepEffects(parts: EffectsParts): Promise<readonly string[]> {
  const { database, clock } = parts;
  const expired = await expire(parts);
  const dead = await selectDeadOperations(database.handle, after(clock(), -DEAD_AFTER_SECONDS), SWEPT);
  for (const id of dead) await closeDead(parts, id);
  const left = await selectWhole(database.handle, await selectLeftOpen(database.handle, SWEPT));
  for (const { receipt } of left.values()) await closeLeftOpen(parts, receipt);
  return expired;
}
