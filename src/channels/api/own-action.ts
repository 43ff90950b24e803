import { readJson } from "../../http/body.ts";
import type { RequestContext } from "../../http/router.ts";
import { requireSameOrigin } from "../../http/same-origin.ts";
import type { Invoke } from "../../kernel/call.ts";
import type { Json } from "../../kernel/json.ts";
import type { Principal } from "../../kernel/principal.ts";
import * as z from "zod";

/** What a console action needs. */
export interface OwnActionParts {
  readonly baseUrl: string;
  readonly invoke: Invoke;
  /** The person behind the browser session. @throws AppError `authentication_required`. */
  person(request: Request): Promise<Principal>;
}

/** Answers that hold a person's own data are kept by no cache. */
export const noStore = { "cache-control": "no-store" };

/** Any JSON object; the registry's own schema parses what is in it. */
const anyObject = z.record(z.string(), z.unknown());

/** The members of a JSON body; a request without one, such as DELETE, has none. */
export const bodyOf = (c: RequestContext): Promise<Record<string, unknown>> =>
  c.req.header("content-type") === undefined ? Promise.resolve({}) : readJson(c, anyObject);

/**
 * Runs one of the registry's actions for the signed-in person, from our own page alone, so that it gets the same policy
 * and leaves the same receipt as any call.
 * @throws AppError what the call was refused for.
 */
export async function ownAction(
  parts: OwnActionParts,
  c: RequestContext,
  name: string,
  input: Record<string, unknown>,
): Promise<{ readonly data: Json; readonly receiptId: string }> {
  requireSameOrigin(c.req.raw, parts.baseUrl);
  const principal = await parts.person(c.req.raw);
  // The person's leaving does not take back what they decided, so the request's own signal is not handed on.
  const operationId = { header: c.req.header("idempotency-key") };
  const result = await parts.invoke({ name, input, principal, requestId: c.get("requestId"), operationId });
  if (!result.ok) throw result.error;
  return { data: result.answer.data, receiptId: result.receiptId };
}
