import { type AppError, errorTable } from "../kernel/errors.ts";
import type { RequestContext } from "./router.ts";

/** `house`: our stable code; `oauth`: the spelling of RFC 6749 §5.2 and its relatives. */
export type ErrorSpelling = "house" | "oauth";

/**
 * The one JSON form of an error over HTTP:
 * `{error, error_description, next, request_id}` and the error's own details.
 */
export function errorBody(
  error: AppError,
  requestId: string,
  spelling: ErrorSpelling = "house",
): Record<string, unknown> {
  return {
    error: spelling === "oauth" ? errorTable[error.code].oauth : error.code,
    error_description: error.message,
    next: error.next,
    request_id: requestId,
    ...error.details,
  };
}

/** Encodes an error as a JSON response that no cache keeps; 429 says when to come back. */
export function errorResponse(c: RequestContext, error: AppError, spelling: ErrorSpelling = "house"): Response {
  const retryAfter = error.details["retryAfter"];
  return Response.json(errorBody(error, c.get("requestId"), spelling), {
    status: errorTable[error.code].http,
    headers: {
      "cache-control": "no-store",
      // The rest of the body is still on its way: nothing may follow it on this connection.
      ...(error.code === "payload_too_large" ? { connection: "close" } : {}),
      ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
    },
  });
}
