import { after } from "../kernel/clock.ts";
import { closeDead, closeReceiptOf, DEAD_AFTER_SECONDS, type EffectsParts } from "./effects.ts";
import { expireQuestion } from "./expiry.ts";
import { selectOverdue } from "./records/approvals.ts";
import { deleteEndedOperations, selectDeadOperations, selectLeftOpen } from "./records/operations.ts";

/** Rows that one sweep takes; what is left waits a minute. */
const SWEPT = 500;
/** Operations that have ended are kept as long as their jobs; then the same operation id means another call. */
const KEPT_SECONDS = 30 * 24 * 3600;

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
    const done = await database.transaction((tx) => expireQuestion(tx, id, clock())).catch(report);
    if (done) expired.add(userId);
  }
  const dead = await selectDeadOperations(handle, after(clock(), -DEAD_AFTER_SECONDS), SWEPT);
  for (const id of dead) await closeDead(parts, id).catch(report);
  for (const id of await selectLeftOpen(handle, SWEPT)) await closeReceiptOf(parts, id).catch(report);
  await deleteEndedOperations(handle, after(clock(), -KEPT_SECONDS), SWEPT);
  return [...expired];
}
