import { parseInput, readParameters } from "../http/body.ts";
import type { RequestContext } from "../http/router.ts";
import type { AppError } from "../kernel/errors.ts";
import {
  type AuthorizationParameters,
  authorizationParameters,
  decideRequest,
  type ProvenTarget,
  proveTarget,
} from "./authorization-request.ts";
import { answerAddress, authorizationError } from "./authorization-response.ts";
import { browserHeaders, errorPage } from "./error-page.ts";
import type { ClientParts } from "./find-client.ts";
import { linkChannelOf } from "./link-channel.ts";
import { type AttemptNote, cameFrom, type LinkAttempts } from "./link-attempts.ts";
import type { PendingRequests } from "./pending-request.ts";
import { describeRedirect, mayBounceTo } from "./redirect-uri.ts";
import { refusing } from "./refusing.ts";
import type { Resources } from "./resource.ts";

interface AuthorizeParts extends ClientParts {
  readonly baseUrl: string;
  readonly resources: Resources;
  readonly pendingRequests: PendingRequests;
  readonly attempts: LinkAttempts;
  readonly clientAddress: (c: RequestContext) => string;
}

const redirect = (location: string, headers: Record<string, string> = {}): Response =>
  new Response(null, { status: 302, headers: { ...browserHeaders, ...headers, location } });

/**
 * The client hears of an error at its own address (RFC 6749 §4.1.2.1). Where anybody could have registered that address,
 * the person first sees who is asking and goes there by themselves, if at all (RFC 9700 §4.11.2).
 */
function refuseAtClient(c: RequestContext, parts: AuthorizeParts, target: ProvenTarget, error: AppError) {
  const address = answerAddress(target, authorizationError(error), parts.baseUrl);
  if (target.client.kind === "operator" || target.client.kind === "preset" || mayBounceTo(target.redirectUri))
    return redirect(address);
  return errorPage(c, error, { ...describeRedirect(target.redirectUri), address });
}

const factsOf = (c: RequestContext, parts: AuthorizeParts, parameters?: AuthorizationParameters): AttemptNote => ({
  step: "authorize",
  ...cameFrom(c, parts),
  ...(parameters?.client_id === undefined ? {} : { clientId: parameters.client_id }),
  ...(parameters?.redirect_uri === undefined ? {} : { redirectUri: parameters.redirect_uri }),
});

/** A request that stands goes on to the consent page. */
async function begin(
  c: RequestContext,
  parts: AuthorizeParts,
  target: ProvenTarget,
  parameters: AuthorizationParameters,
): Promise<Response> {
  decideRequest(target, parameters, parts.resources);
  const { id, handle, setCookie } = parts.pendingRequests.begin(c.req.raw, parameters, linkChannelOf(c));
  parts.attempts.note({ ...factsOf(c, parts, parameters), attemptId: id, clientName: target.client.name });
  return redirect(`${parts.baseUrl}/app/consent?request=${handle}`, { "set-cookie": setCookie });
}

/** `GET /authorize` (RFC 6749 §4.1.1): never grants anything, whoever is signed in; only the consent page can. */
export async function authorize(c: RequestContext, parts: AuthorizeParts): Promise<Response> {
  let parameters: AuthorizationParameters | undefined;
  const noted = <T>(step: Promise<T>): Promise<T> => parts.attempts.refused(step, () => factsOf(c, parts, parameters));
  const prove = async (): Promise<[ProvenTarget, AuthorizationParameters]> => {
    parameters = parseInput(authorizationParameters, readParameters(new URL(c.req.url).searchParams));
    return [await proveTarget(parts, parameters, parts.clientAddress(c)), parameters];
  };
  const answer = async (): Promise<Response> => {
    const [target, proven] = await noted(prove());
    return noted(begin(c, parts, target, proven)).catch(refusing((error) => refuseAtClient(c, parts, target, error)));
  };
  return answer().catch(refusing((error) => errorPage(c, error)));
}
