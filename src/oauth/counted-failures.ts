import { AppError } from "../kernel/errors.ts";
import type { Limit, LimitsPort } from "../kernel/ports/limits.ts";

/** Many people reach us from one address of a host, so this only stops a flood of guesses. */
const failures: Limit = { name: "oauth-failures", points: 120, seconds: 60 };

/**
 * Runs `work`, and counts its refusals against the caller's address; what succeeds is never limited here.
 * @throws AppError `rate_limited` instead of the refusal once there were too many.
 */
export function countingFailures<T>(limits: LimitsPort, address: string, work: () => Promise<T>): Promise<T> {
  return work().catch(async (error: unknown) => {
    if (error instanceof AppError) await limits.take(failures, address);
    throw error;
  });
}
