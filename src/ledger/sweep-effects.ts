import { after } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { closeDead, closeReceiptOf, DEAD_AFTER_SECONDS, type EffectsParts } from "./effects.ts";
import { expireApproval, selectOverdue } from "./records/approvals.ts";
import {
  deleteEndedOperations,
  lockOperation,
  selectDeadOperations,
  selectLeftOpen,
  endOperation,
} from "./records/operations.ts";

/** Rows that one sweep takes; what is left waits a minute. */
const SWEPT = 500;
/** Operations that have ended are kept as long as their jobs; then the same operation id means another call. */
const KEPT_SECONDS = 30 * 24 * 3600;

/** Ends one question: the same call may then be sent again, and asks anew. False when somebody decided it meanwhile. */
const expire = ({ database, clock }: EffectsParts, id: string): Promise<boolean> =>
  database.transaction(async (handle) => {
    const now = clock();
    await lockOperation(handle, id);
    if (!(await expireApproval(handle, id, now))) return false;
    const { code, message, next } = new AppError("approval_expired", "The time to decide is over, so nothing was run.");
    const end = { state: "failed", code, message, next, answerSealed: null, freesKey: true, now } as const;
    return endOperation(handle, id, end);
  });

/**
 * Does what no call does: ends questions that nobody decided, calls that died with their process, receipts of jobs that
 * somebody else ended, and forgets operations that have ended long ago. One that cannot be ended holds up no other.
 * @returns whose questions expired.
 */
export async function sweepEffects(parts: EffectsParts): Promise<readonly string[]> {
  const { database, clock, report } = parts;
  const { handle } = database;
  const expired = new Set<string>();
  for (const { id, userId } of await selectOverdue(handle, clock(), SWEPT)) {
    const done = await expire(parts, id).catch(report);
    if (done) expired.add(userId);
  }
  const dead = await selectDeadOperations(handle, after(clock(), -DEAD_AFTER_SECONDS), SWEPT);
  for (const id of dead) await closeDead(parts, id).catch(report);
  for (const id of await selectLeftOpen(handle, SWEPT)) await closeReceiptOf(parts, id).catch(report);
  await deleteEndedOperations(handle, after(clock(), -KEPT_SECONDS), SWEPT);
  return [...expired];
}
