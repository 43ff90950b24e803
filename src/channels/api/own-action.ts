import { readJson } from "../../http/body.ts";
import type { RequestContext } from "../../http/router.ts";
import { requireSameOrigin } from "../../http/same-origin.ts";
import type { CallRequest, CallResult, Invoke } from "../../kernel/call.ts";
import { AppError } from "../../kernel/errors.ts";
import { digestOf, type Json, wellFormed } from "../../kernel/json.ts";
import { isPending } from "../../kernel/pending.ts";
import type { Limit, LimitsPort } from "../../kernel/ports/limits.ts";
import type { Principal, ProvenBy } from "../../kernel/principal.ts";
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
  readonly how: ProvenBy;
}

/** What an action that may take a protection away needs beside. */
export interface GuardedActionParts extends OwnActionParts {
  readonly limits: LimitsPort;
  /** Null where nothing proves it. @throws AppError `passkey_refused`. */
  presence(request: Request, question: PresenceQuestion): Promise<Presence | null>;
  /** @throws AppError `fresh_sign_in_required` with the ways that would do; `passkey_refused`. */
  requirePresence(request: Request, question: PresenceQuestion): Promise<Presence>;
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
 * @throws AppError what the call was refused for; `operation_running` when it is not done in time, and goes on as a job.
 */
export async function ownAction(
  parts: OwnActionParts,
  c: RequestContext,
  name: string,
  input: Record<string, unknown>,
): Promise<Done> {
  requireSameOrigin(c.req.raw, parts.baseUrl);
  const principal = await parts.person(c.req.raw);
  const result = await called(parts, c, { name, input, principal });
  if (!result.ok) throw result.error;
  return doneBy(result);
}

interface Done {
  readonly data: Json;
  readonly receiptId: string;
}

/** @throws AppError `operation_running` for what goes on as a job: it is not done, and may yet be refused. */
function doneBy({ answer, receiptId }: Extract<CallResult, { readonly ok: true }>): Done {
  if (isPending(answer)) {
    throw new AppError("operation_running", "This takes longer than usual, and goes on by itself.", {
      next: "See under Jobs how it ends, before you do it again.",
    });
  }
  return { data: answer.data, receiptId };
}

function called(
  { invoke }: OwnActionParts,
  c: RequestContext,
  call: Pick<CallRequest, "name" | "input" | "principal">,
): Promise<CallResult> {
  // The person's leaving does not take back what they decided, so the request's own signal is not handed on.
  const operationId = { header: c.req.header("idempotency-key") };
  return invoke({ ...call, requestId: c.get("requestId"), operationId });
}

/** What a passkey answers for an action: this one, with these arguments. An approval's digest has no colon. */
const digestOfAction = (name: string, input: Record<string, unknown>): string =>
  `${name}:${digestOf(wellFormed(input, "The arguments"))}`;

/** A passkey's answer that is not good is kept, not thrown: what was done by it before is still to be found. */
const notGood = (error: unknown): AppError => {
  if (error instanceof AppError && error.code === "passkey_refused") return error;
  throw error;
};

/**
 * The same of an action that may take a protection away. Whether it does, the tool decides, in the transaction of its
 * change: a click is enough for what does not. A refusal leaves its receipt, so that the person sees who tried; so does
 * one by a wrong passkey. What was done by a passkey and is sent again, with the answer that is used up by then, gets what
 * it got the first time.
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
  const person = await parts.person(c.req.raw);
  if (passkey !== undefined) await parts.limits.take(PASSKEY_ANSWERS, person.userId);
  const digest = digestOfAction(name, input);
  const presence = await parts.presence(c.req.raw, { digest, passkey }).catch(notGood);
  const proven = presence === null || presence instanceof AppError ? {} : { proven: presence.how };
  const result = await called(parts, c, { name, input, principal: { ...person, ...proven } });
  if (result.ok) return doneBy(result);
  if (result.error.code === "fresh_sign_in_required") {
    if (presence instanceof AppError) throw presence;
    await parts.requirePresence(c.req.raw, { digest });
  }
  throw result.error;
}
