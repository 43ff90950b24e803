import type { Database } from "../database/handle.ts";
import { parseInput, readParameters } from "../http/body.ts";
import type { RequestContext } from "../http/router.ts";
import { AppError } from "../kernel/errors.ts";
import {
  type AuthorizationParameters,
  authorizationParameters,
  decideRequest,
  type ProvenTarget,
  proveTarget,
} from "./authorization-request.ts";
import { answerAddress, errorOutcome } from "./authorization-response.ts";
import { browserHeaders, errorPage } from "./error-page.ts";
import type { PendingRequests } from "./pending-request.ts";
import type { Resources } from "./resource.ts";

interface AuthorizeParts {
  readonly database: Database;
  readonly baseUrl: string;
  readonly resources: Resources;
  readonly pendingRequests: PendingRequests;
}

const redirect = (location: string, headers: Record<string, string> = {}): Response =>
  new Response(null, { status: 302, headers: { ...browserHeaders, ...headers, location } });

/** Refuses by `answer` what was foreseen; what was not goes on to be logged. */
const refusing =
  <T>(answer: (error: AppError) => T) =>
  (error: unknown): T => {
    if (error instanceof AppError) return answer(error);
    throw error;
  };

/** A request that stands goes on to the consent page. */
async function begin(
  c: RequestContext,
  parts: AuthorizeParts,
  target: ProvenTarget,
  parameters: AuthorizationParameters,
): Promise<Response> {
  decideRequest(target, parameters, parts.resources);
  const { handle, setCookie } = parts.pendingRequests.begin(c.req.raw, parameters);
  return redirect(`${parts.baseUrl}/app/consent?request=${handle}`, { "set-cookie": setCookie });
}

/** `GET /authorize` (RFC 6749 §4.1.1): never grants anything, whoever is signed in; only the consent page can. */
export async function authorize(c: RequestContext, parts: AuthorizeParts): Promise<Response> {
  const answer = async (): Promise<Response> => {
    const parameters = parseInput(authorizationParameters, readParameters(new URL(c.req.url).searchParams));
    const target = await proveTarget(parts.database.handle, parameters);
    const atClient = refusing((error) => redirect(answerAddress(target, errorOutcome(error), parts.baseUrl)));
    return begin(c, parts, target, parameters).catch(atClient);
  };
  return answer().catch(refusing((error) => errorPage(c, error)));
}
