import * as z from "zod";
import { AppError } from "../kernel/errors.ts";
import { type ClientParts, findClient } from "./find-client.ts";
import { parameter } from "./parameters.ts";
import { requireChallenge } from "./pkce.ts";
import type { Client } from "./records/clients.ts";
import { checkRedirectUri, redirectMatches } from "./redirect-uri.ts";
import type { Resources } from "./resource.ts";
import { decideScopes, type ScopeDecision } from "./scope-decision.ts";

/** The parameters of RFC 6749 §4.1.1, RFC 7636 §4.3 and RFC 8707 §2; all others are ignored (RFC 6749 §3.1). */
export const authorizationParameters = z.object({
  response_type: parameter(100),
  response_mode: parameter(100),
  client_id: parameter(512),
  redirect_uri: parameter(),
  scope: parameter(1000),
  state: parameter(),
  code_challenge: parameter(200),
  code_challenge_method: parameter(100),
  resource: parameter(),
  request: parameter(8192),
  request_uri: parameter(),
});

export type AuthorizationParameters = z.output<typeof authorizationParameters>;

/** A client, and an address of its own that an answer may be sent to. */
export interface ProvenTarget {
  readonly client: Client;
  readonly redirectUri: string;
  /** The client's own text, returned as it is. */
  readonly state: string | undefined;
}

/** A request that only the person has yet to decide. */
export interface AuthorizationRequest extends ProvenTarget {
  readonly scopes: ScopeDecision;
  readonly resource: string;
  /** null where the client goes without PKCE. */
  readonly challenge: string | null;
}

/**
 * The steps before which nobody is sent anywhere (RFC 6749 §4.1.2.1, RFC 9700 §4.11.1).
 * @param asker whom limits count it for.
 * @throws AppError `invalid_client`; `invalid_request` for an address that is not this client's, `invalid_redirect_uri`
 * for one that nobody may register.
 */
export async function proveTarget(
  parts: ClientParts,
  parameters: AuthorizationParameters,
  asker: string,
): Promise<ProvenTarget> {
  const { client_id: clientId, redirect_uri: redirectUri, state } = parameters;
  if (clientId === undefined) throw new AppError("invalid_request", "client_id is missing.");
  const client = await findClient(parts, clientId, asker);
  if (redirectUri === undefined) throw new AppError("invalid_request", "redirect_uri is missing.");
  if (!redirectMatches(client.redirectUris, redirectUri)) {
    throw new AppError("invalid_request", "redirect_uri is not one that this client registered.");
  }
  // It may have been registered under an older rule.
  checkRedirectUri(redirectUri);
  return { client, redirectUri, state };
}

/**
 * The steps whose errors the client may hear.
 * @throws AppError with the code of RFC 6749 §4.1.2.1 or RFC 8707 §2.
 */
export function decideRequest(
  target: ProvenTarget,
  parameters: AuthorizationParameters,
  resources: Resources,
): AuthorizationRequest {
  requireCodeFlow(parameters);
  return {
    ...target,
    challenge: requireChallenge(
      parameters.code_challenge,
      parameters.code_challenge_method,
      target.client.pkceOptional && target.client.authMethod !== "none",
    ),
    resource: resources.requested(parameters.resource),
    scopes: decideScopes(parameters.scope, target.client),
  };
}

function requireCodeFlow(parameters: AuthorizationParameters): void {
  if (parameters.response_type === undefined) throw new AppError("invalid_request", "response_type is missing.");
  if (parameters.response_type !== "code")
    throw new AppError("unsupported_response_type", "Only response_type=code is supported.");
  if ((parameters.response_mode ?? "query") !== "query") {
    throw new AppError("invalid_request", "Only response_mode=query is supported.");
  }
  if (parameters.request !== undefined || parameters.request_uri !== undefined) {
    throw new AppError("invalid_request", "Request objects are not supported.");
  }
}
