import type { AppError } from "../kernel/errors.ts";
import type { Log } from "./parts.ts";

/** Writes down what was not foreseen: the cause goes to the log and nowhere else. */
export const reporter =
  (log: Log) =>
  (error: AppError, requestId: string): void =>
    log.error({ requestId, err: error.cause ?? error }, "A call failed.");
