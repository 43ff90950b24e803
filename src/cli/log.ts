import pino from "pino";
import type { Log } from "../app/parts.ts";
import type { Config } from "../config/config.ts";

/** What the log keeps of an error. */
interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: unknown;
  readonly stack?: string | undefined;
  readonly cause?: LoggedError;
}

const LONGEST_CHAIN = 5;

/**
 * What broke and where, and nothing that it was given: database errors also carry their statement, its values and the
 * failing row, and those hold what people said.
 */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: "no error object" };
  return {
    type: error.name,
    message: error.message,
    ...("code" in error ? { code: error.code } : {}),
    stack: error.stack,
    ...(error.cause !== undefined && depth < LONGEST_CHAIN ? { cause: loggedError(error.cause, depth + 1) } : {}),
  };
}

/** The log of a server: one JSON line an event, on the standard error stream unless another is given. */
export const createLog = (level: Config["logLevel"], stream: pino.DestinationStream = pino.destination(2)): Log =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: (error: unknown) => loggedError(error) },
    },
    stream,
  );
