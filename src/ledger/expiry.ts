import type { Handle } from "../database/handle.ts";
import { AppError } from "../kernel/errors.ts";
import { expireApproval } from "./records/approvals.ts";
import { endOperation, lockOperation } from "./records/operations.ts";

/** Nobody decided in time. */
export const timeIsOver = (): AppError =>
  new AppError("approval_expired", "The time to decide is over, so nothing was run.");

/**
 * Ends one question: the same call may then be sent again, and asks anew. Whoever tells an assistant that it is over ends it
 * first: by the clock of another process it may not be over yet, and what it asked could still be approved there.
 * False when somebody decided it meanwhile.
 */
export async function expireQuestion(handle: Handle, id: string, now: Date): Promise<boolean> {
  await lockOperation(handle, id);
  if (!(await expireApproval(handle, id, now))) return false;
  const { code, message, next } = timeIsOver();
  return endOperation(handle, id, {
    state: "failed",
    code,
    message,
    next,
    answerSealed: null,
    freesKey: true,
    now,
  });
}
