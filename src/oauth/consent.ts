import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Handle } from "../database/handle.ts";
import { parseInput, readJson, readParameters } from "../http/body.ts";
import { errorResponse } from "../http/errors.ts";
import type { RequestContext } from "../http/router.ts";
import { requireSameOrigin } from "../http/same-origin.ts";
import { after, type Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { randomToken, uuidv7 } from "../kernel/ids.ts";
import type { Limit, LimitsPort } from "../kernel/ports/limits.ts";
import type { Channel } from "../kernel/principal.ts";
import { type Scope, scopeTable } from "../kernel/scopes.ts";
import { LONGEST_HANDLE, sha256 } from "../kernel/seal.ts";
import type { Admission } from "./admission.ts";
import {
  type AuthorizationParameters,
  authorizationParameters,
  type AuthorizationRequest,
  decideRequest,
  proveTarget,
} from "./authorization-request.ts";
import { answerAddress, authorizationError } from "./authorization-response.ts";
import { countingFailures } from "./counted-failures.ts";
import { type AttemptNote, cameFrom, type LinkAttempts } from "./link-attempts.ts";
import { channelsToPass, grantChannel, type LinkChannel, linkChannelOf } from "./link-channel.ts";
import type { ClientParts } from "./find-client.ts";
import { parameter } from "./parameters.ts";
import type { PendingRequest, PendingRequests } from "./pending-request.ts";
import { type AuthorizationCode, insertCode } from "./records/codes.ts";
import { describeRedirect } from "./redirect-uri.ts";
import { refusing } from "./refusing.ts";
import type { Resources } from "./resource.ts";

/** A person signed in to this browser. */
export interface SessionUser {
  readonly id: string;
  readonly label: string;
}

/**
 * Whether the session of a request is the user's and has not ended; if so, it does not before the transaction does. Who signs
 * out everywhere then finds what was agreed to in it.
 */
export type HoldSession = (handle: Handle, request: Request, userId: string) => Promise<boolean>;

/**
 * Verifies an upstream token by the named provider, and finds or makes its user: only after the token proved to be of
 * `expectedSubject`, where one is given.
 * @throws AppError `invalid_token`.
 */
export type SignInWithToken = (
  provider: string,
  token: string,
  expectedSubject?: string,
) => Promise<{ readonly userId: string }>;

export interface ConsentParts extends ClientParts {
  readonly clock: Clock;
  readonly baseUrl: string;
  readonly limits: LimitsPort;
  readonly resources: Resources;
  readonly pendingRequests: PendingRequests;
  readonly admission: Pick<Admission, "requireUser">;
  readonly attempts: LinkAttempts;
  readonly sessionUser: (request: Request) => Promise<SessionUser | null>;
  readonly holdSession: HoldSession;
  readonly signInWithToken: SignInWithToken;
  readonly clientAddress: (c: RequestContext) => string;
}

/** Seconds that a client has to fetch its tokens (RFC 6749 §4.1.2 allows ten minutes). */
const CODE_SECONDS = 60;

const detailsQuery = z.object({ request: z.string().min(1).max(LONGEST_HANDLE) });

/** Either our own page's decision on a pending request, or the published contract with the whole request in it. */
const decisionBody = authorizationParameters.extend({
  request: parameter(LONGEST_HANDLE),
  person: parameter(100),
  privy_user_id: parameter(200),
  privy_token: parameter(8192),
  user_consent: z.boolean("must be true or false: consent is never implied"),
});

type DecisionBody = z.output<typeof decisionBody>;

/** A request, and the id under which it can be approved once. */
interface Decidable {
  readonly requestId: string;
  readonly request: AuthorizationRequest;
  /** The channel on whose own address it began, or null. */
  readonly channel: LinkChannel | null;
  /** Who decides. */
  readonly decider: () => Promise<string>;
  /** The request in whose session they do; absent where an upstream token stands for them. */
  readonly inSession?: Request;
}

/** The request once more: what it names may have changed since it began. */
export async function checkedRequest(
  c: RequestContext,
  parts: ClientParts & Pick<ConsentParts, "resources" | "clientAddress">,
  parameters: AuthorizationParameters,
): Promise<AuthorizationRequest> {
  const target = await proveTarget(parts, parameters, parts.clientAddress(c));
  return decideRequest(target, parameters, parts.resources);
}

/** What is known of an attempt by the time that a step of it is refused. */
interface Seen {
  attemptId?: string;
  userId?: string;
}

const channelFor = ({ client, redirectUri }: AuthorizationRequest, begun: LinkChannel | null): Channel =>
  grantChannel(client.channel, begun, null, redirectUri);

const passedBy = (request: AuthorizationRequest, begun: LinkChannel | null): readonly Channel[] =>
  channelsToPass(channelFor(request, begun), request.client.channel, request.redirectUri);

/** What a scope lets the client do, in the person's words. */
export const describeScopes = (scopes: readonly Scope[]) =>
  scopes.map((name) => ({ name, grants: scopeTable[name].grants }));

/** `GET /api/consent?request=`: what the consent page shows. */
export async function consentDetails(c: RequestContext, parts: ConsentParts): Promise<Response> {
  const { request: handle } = parseInput(detailsQuery, readParameters(new URL(c.req.url).searchParams));
  const seen: Seen = {};
  return parts.attempts.refused(showRequest(c, parts, handle, seen), () => ({
    step: "consent",
    ...cameFrom(c, parts),
    ...seen,
  }));
}

async function showRequest(c: RequestContext, parts: ConsentParts, handle: string, seen: Seen): Promise<Response> {
  const pending = parts.pendingRequests.open(c.req.raw, handle);
  seen.attemptId = pending.id;
  const request = await checkedRequest(c, parts, pending.parameters);
  const { client, redirectUri, scopes } = request;
  const redirect = describeRedirect(redirectUri);
  const user = await parts.sessionUser(c.req.raw);
  if (user !== null) {
    seen.userId = user.id;
    parts.attempts.note({ step: "sign_in", ...cameFrom(c, parts), ...seen });
  }
  await parts.admission.requireUser(user?.id ?? null, ...passedBy(request, pending.channel));
  const details = {
    client: { id: client.id, name: client.name, uri: client.uri },
    redirectHost: redirect.host,
    redirectKind: redirect.kind,
    scopes: describeScopes(scopes.granted),
    droppedScopes: scopes.dropped,
    expiresAt: pending.expiresAt.toISOString(),
    channel: channelFor(request, pending.channel),
    user: user === null ? null : { label: user.label, ref: parts.pendingRequests.personRef(pending, user.id) },
  };
  return c.json(details, 200, { "cache-control": "no-store" });
}

async function decidable(c: RequestContext, parts: ConsentParts, body: DecisionBody): Promise<Decidable> {
  if (body.request !== undefined) {
    const pending = parts.pendingRequests.open(c.req.raw, body.request);
    const request = await checkedRequest(c, parts, pending.parameters);
    const { id: requestId, channel } = pending;
    const decider = () => signedInUser(c, parts, pending, body.person);
    return { requestId, request, channel, decider, inSession: c.req.raw };
  }
  // The published contract knows one response type and does not name it.
  const parameters = { ...body, response_type: body.response_type ?? "code", request: undefined };
  const request = await checkedRequest(c, parts, parameters);
  return { requestId: randomUUID(), request, channel: linkChannelOf(c), decider: () => upstreamUser(parts, body) };
}

/**
 * The person signed in to this browser. They must be the one whom the page showed: meanwhile someone else may have
 * signed in beside it.
 */
async function signedInUser(
  c: RequestContext,
  parts: ConsentParts,
  pending: PendingRequest,
  shown: string | undefined,
): Promise<string> {
  const user = await parts.sessionUser(c.req.raw);
  if (user === null) throw new AppError("authentication_required", "Sign in before you decide.");
  if (shown === undefined)
    throw new AppError("invalid_request", "person is missing: whom the page showed as signed in.");
  if (shown !== parts.pendingRequests.personRef(pending, user.id)) {
    throw new AppError("conflict", "You are signed in as somebody else now.", {
      next: "Look at who is signed in, and decide again.",
    });
  }
  return user.id;
}

/** The person that a verified upstream token names. An id that the caller supplies is only ever compared. */
async function upstreamUser(parts: ConsentParts, body: DecisionBody): Promise<string> {
  if (body.privy_token === undefined) throw new AppError("invalid_request", "privy_token is missing.");
  return (await parts.signInWithToken("privy", body.privy_token, body.privy_user_id)).userId;
}

const DECLINED = "The person declined.";

const stateOf = ({ state }: AuthorizationRequest) => (state === undefined ? {} : { state });

/** The client hears of a refusal, so that it need not wait (RFC 6749 §4.1.2.1). */
export function declined(parts: Pick<ConsentParts, "baseUrl">, request: AuthorizationRequest) {
  const response = authorizationError(new AppError("access_denied", DECLINED));
  return { redirect_uri: answerAddress(request, response, parts.baseUrl), error: "access_denied", ...stateOf(request) };
}

const clientFacts = (request: AuthorizationRequest, begun: LinkChannel | null): Partial<AttemptNote> => ({
  clientId: request.client.id,
  clientName: request.client.name,
  redirectUri: request.redirectUri,
  channel: channelFor(request, begun),
});

/** A person links an assistant now and then; what approves more often is a script, and each approval is a row. */
const approvals: Limit = { name: "oauth-approvals", points: 300, seconds: 600 };

type ApprovalParts = Pick<
  ConsentParts,
  "database" | "documents" | "clock" | "baseUrl" | "admission" | "attempts" | "limits" | "holdSession"
>;

/** Stores a code, unless the session in which it was agreed to has ended by then. @returns false when there is one already. */
const storeCode = ({ database, holdSession }: ApprovalParts, code: AuthorizationCode, inSession?: Request) =>
  database.transaction(async (handle) => {
    if (inSession && !(await holdSession(handle, inSession, code.userId))) {
      throw new AppError("authentication_required", "Your sign-in ended before the assistant was linked.", {
        next: "Sign in, and start linking again if you still want it.",
      });
    }
    return insertCode(handle, code);
  });

/** Stores the code of an approved request. @returns where it goes, and what the published contract shows beside it. */
export async function approved(
  parts: ApprovalParts,
  { requestId, request, channel, inSession }: Omit<Decidable, "decider">,
  userId: string,
) {
  await parts.admission.requireUser(userId, ...passedBy(request, channel));
  await parts.limits.take(approvals, userId);
  await parts.documents.keep(request.client);
  const now = parts.clock();
  const code = randomToken();
  const facts = {
    hash: sha256(code),
    requestId,
    grantId: uuidv7(now),
    userId,
    clientId: request.client.id,
    scopes: request.scopes.granted,
    resource: request.resource,
    redirectUri: request.redirectUri,
    challenge: request.challenge,
    channel,
    createdAt: now,
    expiresAt: after(now, CODE_SECONDS),
  };
  if (!(await storeCode(parts, facts, inSession))) {
    throw new AppError("invalid_request", "This request was already approved.", {
      next: "Go back to the assistant; start linking again if it is not linked.",
    });
  }
  parts.attempts.note({ step: "consent", attemptId: requestId, userId, ...clientFacts(request, channel) });
  const scope = request.scopes.granted.join(" ");
  return { redirect_uri: answerAddress(request, { code }, parts.baseUrl), code, ...stateOf(request), scope };
}

/** The decision itself, and what the attempt's timeline hears of it. */
async function decision(c: RequestContext, parts: ConsentParts, body: DecisionBody) {
  const byContract = body.request === undefined;
  const seen: Seen & Partial<AttemptNote> = {};
  const came = cameFrom(c, parts);
  const take = async () => {
    const asked = await decidable(c, parts, body);
    Object.assign(seen, { attemptId: asked.requestId, ...clientFacts(asked.request, asked.channel) });
    if (!body.user_consent) {
      parts.attempts.note({ step: "consent", ...came, ...seen, error: new AppError("access_denied", DECLINED) });
      return declined(parts, asked.request);
    }
    seen.userId = await asked.decider();
    if (byContract) parts.attempts.note({ step: "sign_in", ...came, ...seen });
    return approved(parts, asked, seen.userId);
  };
  // By the published contract, the upstream token takes the place of the page where a person signs in.
  const step = () => (byContract && seen.attemptId !== undefined && seen.userId === undefined ? "sign_in" : "consent");
  return parts.attempts.refused(take(), () => ({ step: step(), ...came, ...seen }));
}

/**
 * `POST /authorize` and `POST /authorize/complete`: the person's decision, as JSON. Without a browser or with one, it
 * takes an explicit `user_consent`; a page of another site is refused whatever it sends. Our own page, which alone holds
 * a handle, hears of errors in the house's spelling, as from all of the API.
 */
export async function decide(c: RequestContext, parts: ConsentParts): Promise<Response> {
  requireSameOrigin(c.req.raw, parts.baseUrl);
  const body = await readJson(c, decisionBody);
  const answer = countingFailures(parts.limits, parts.clientAddress(c), () => decision(c, parts, body)).then(
    (decided) => c.json(decided, 200, { "cache-control": "no-store" }),
  );
  return body.request === undefined ? answer : answer.catch(refusing((error) => errorResponse(c, error)));
}
