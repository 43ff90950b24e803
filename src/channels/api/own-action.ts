import { readJson } from "../../http/body.ts";
import type { RequestContext } from "../../http/router.ts";
import { requireSameOrigin } from "../../http/same-origin.ts";
import type { CallResult, Invoke } from "../../kernel/call.ts";
import { digestOf, type Json, wellFormed } from "../../kernel/json.ts";
import type { Limit, LimitsPort } from "../../kernel/ports/limits.ts";
import type { Principal } from "../../kernel/principal.ts";
import * as z from "zod";

/** What a console action needs. */
export interface OwnActionParts {
  readonly baseUrl: string;
  readonly invoke: Invoke;
  /** The person behind the browser session. @throws AppError `authentication_required`. */
  person(request: Request): Promise<Principal>;
}

/** A question that the person proves to be there for. */
interface PresenceQuestion {
  /** What is to be done. A passkey's answer is good for this alone. */
  readonly digest: string;
  readonly passkey?: unknown;
}

/** How it is proven that the person is there now. */
export interface Presence {
  readonly how: "sign_in" | "passkey";
}

/** What an action that may take a protection away needs beside. */
export interface GuardedActionParts extends OwnActionParts {
  readonly limits: LimitsPort;
  /** Null where nothing proves it. @throws AppError `passkey_refused`. */
  presence(request: Request, question: PresenceQuestion): Promise<Presence | null>;
  /** @throws AppError `fresh_sign_in_required` with the ways that would do; `passkey_refused`. */
  provenFresh(request: Request, question: PresenceQuestion): Promise<Presence>;
}

/** Answers of passkeys that a person hands in, right or wrong. */
export const PASSKEY_ANSWERS: Limit = { name: "passkey-answers", points: 60, seconds: 600 };

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
): Promise<Done> {
  const result = await called(parts, c, name, input, null);
  if (!result.ok) throw result.error;
  return { data: result.answer.data, receiptId: result.receiptId };
}

interface Done {
  readonly data: Json;
  readonly receiptId: string;
}

async function called(
  parts: OwnActionParts,
  c: RequestContext,
  name: string,
  input: Record<string, unknown>,
  presence: Presence | null,
): Promise<CallResult> {
  requireSameOrigin(c.req.raw, parts.baseUrl);
  const person = await parts.person(c.req.raw);
  const principal = presence === null ? person : { ...person, proven: presence.how };
  // The person's leaving does not take back what they decided, so the request's own signal is not handed on.
  const operationId = { header: c.req.header("idempotency-key") };
  return parts.invoke({ name, input, principal, requestId: c.get("requestId"), operationId });
}

/** What a passkey answers for an action: this one, with these arguments. An approval's digest has no colon. */
const digestOfAction = (name: string, input: Record<string, unknown>): string =>
  `${name}:${digestOf(wellFormed(input, "The arguments"))}`;

/**
 * The same of an action that may take a protection away. Whether it does, the tool decides, in the transaction of its
 * change: a click is enough for what does not. A refusal leaves its receipt, so that the person sees who tried.
 * @param given the input, with the member `passkey` where a passkey has answered.
 * @throws AppError as {@link ownAction}; `fresh_sign_in_required` with the ways that would do, `passkey_refused`.
 */
export async function guardedAction(
  parts: GuardedActionParts,
  c: RequestContext,
  name: string,
  { passkey, ...input }: Record<string, unknown>,
): Promise<Done> {
  requireSameOrigin(c.req.raw, parts.baseUrl);
  const { userId } = await parts.person(c.req.raw);
  if (passkey !== undefined) await parts.limits.take(PASSKEY_ANSWERS, userId);
  const question = { digest: digestOfAction(name, input), passkey };
  const result = await called(parts, c, name, input, await parts.presence(c.req.raw, question));
  if (result.ok) return { data: result.answer.data, receiptId: result.receiptId };
  if (result.error.code === "fresh_sign_in_required") await parts.provenFresh(c.req.raw, { digest: question.digest });
  throw result.error;
}
