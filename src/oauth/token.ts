import type * as z from "zod";
import type { Handle } from "../database/handle.ts";
import { readForm } from "../http/body.ts";
import type { RequestContext } from "../http/router.ts";
import { AppError } from "../kernel/errors.ts";
import type { LimitsPort } from "../kernel/ports/limits.ts";
import type { Channel } from "../kernel/principal.ts";
import type { Scope } from "../kernel/scopes.ts";
import { sha256 } from "../kernel/seal.ts";
import { ACCESS_TOKEN_SECONDS, type AccessTokens } from "./access-token.ts";
import type { Admission } from "./admission.ts";
import { authenticateClient, type ClientAuthenticationParts, clientForm } from "./client-authentication.ts";
import { countingFailures } from "./counted-failures.ts";
import { type AttemptNote, cameFrom, type LinkAttempts } from "./link-attempts.ts";
import { channelsToPass, grantChannel, linkChannelOf } from "./link-channel.ts";
import { parameter } from "./parameters.ts";
import { verifyChallenge } from "./pkce.ts";
import type { Client } from "./records/clients.ts";
import { type AuthorizationCode, findCode, redeemCode, revokeReplayed } from "./records/codes.ts";
import { findHeldGrant, type Grant, refreshGrant } from "./records/grants.ts";
import type { RefreshTokens } from "./refresh-token.ts";
import type { Resources } from "./resource.ts";
import { narrowScopes } from "./scope-decision.ts";
import { requireStandingConsent } from "./standing-consent.ts";
import { EXCHANGE_GRANT, type ExchangeParts, exchangeToken } from "./token-exchange.ts";

export interface TokenParts extends ClientAuthenticationParts {
  readonly exchange: ExchangeParts;
  readonly limits: LimitsPort;
  readonly resources: Resources;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly admission: Admission;
  readonly attempts: LinkAttempts;
  /** Has the person told of a link, by the transaction that makes it. */
  readonly linkMade: (handle: Handle, grant: Pick<Grant, "id" | "userId">) => Promise<void>;
  readonly clientAddress: (c: RequestContext) => string;
}

export const tokenForm = clientForm.extend({
  grant_type: parameter(200),
  code: parameter(8192),
  code_verifier: parameter(200),
  redirect_uri: parameter(),
  refresh_token: parameter(8192),
  scope: parameter(1000),
  resource: parameter(),
  subject_token: parameter(8192),
  subject_token_type: parameter(200),
  requested_token_type: parameter(200),
  actor_token: parameter(8192),
  audience: parameter(),
});

export type TokenForm = z.output<typeof tokenForm>;

/** The attempt to link that a code belongs to, once the code is found. */
interface Seen {
  attemptId?: string;
}

/** What a pair of tokens is made of. */
interface Issue {
  readonly grant: Grant;
  readonly scopes: readonly Scope[];
  readonly resource: string;
}

const noSuchCode = (): AppError =>
  new AppError("invalid_grant", "The code is unknown, too old, already used, or of another client.");

const noSuchLink = (): AppError =>
  new AppError("invalid_grant", "The refresh token is not valid any more.", { next: "Link the account again." });

/** RFC 6749 §4.1.3. PKCE ties a code to its request; where there is none only the address does, so it must be named. */
function requireRedirectUri(named: string | undefined, code: AuthorizationCode): void {
  const redirectUri = named ?? (code.challenge === null ? undefined : code.redirectUri);
  if (redirectUri === code.redirectUri) return;
  throw new AppError("invalid_grant", "redirect_uri is not the one of the authorization request.");
}

/**
 * Spends a code. Its person is told of the link in the same transaction, so that no crash makes one unseen. Each link is told
 * of: who came in by a stolen cookie links the very assistant that the person has, whose client is the same for everybody. A
 * link of the company's own service is no news.
 * @returns null when the code was spent before or its time is over.
 */
const spendCode = (parts: TokenParts, client: Client, code: AuthorizationCode, channel: Channel) =>
  parts.database.transaction(async (handle) => {
    const grant = await redeemCode(handle, code, channel, parts.clock());
    if (grant !== null && !client.internal) await parts.linkMade(handle, grant);
    return grant;
  });

/**
 * RFC 6749 §4.1.3. A code is spent only by the client that asked for it and proves so; who fails that neither spends it
 * nor sets off the alarm of a replay.
 */
async function exchangeCode(
  parts: TokenParts,
  client: Client,
  form: TokenForm,
  ended: Channel | null,
  seen: Seen,
): Promise<Issue> {
  if (form.code === undefined) throw new AppError("invalid_request", "code is missing.");
  const { handle } = parts.database;
  const code = await findCode(handle, sha256(form.code));
  if (code === null || code.clientId !== client.id) throw noSuchCode();
  seen.attemptId = code.requestId;
  await requireStandingConsent(client, code);
  requireRedirectUri(form.redirect_uri, code);
  verifyChallenge(form.code_verifier, code.challenge);
  const resource = parts.resources.within(code.resource, form.resource);
  const channel = grantChannel(client.channel, code.channel, ended, code.redirectUri);
  parts.admission.requireSwitches(code.switches, ...channelsToPass(channel, client.channel, code.redirectUri));
  const grant = await spendCode(parts, client, code, channel);
  if (grant !== null) return { grant, scopes: grant.scopes, resource };
  await revokeReplayed(handle, code.hash, parts.clock());
  throw noSuchCode();
}

/** RFC 6749 §6. Scope and resource are settled first, so that a wrong request does not use up the token. */
async function refresh(parts: TokenParts, client: Client, form: TokenForm): Promise<Issue> {
  if (form.refresh_token === undefined) throw new AppError("invalid_request", "refresh_token is missing.");
  const { handle } = parts.database;
  const claims = parts.refreshTokens.read(form.refresh_token);
  const held = claims === null ? null : await findHeldGrant(handle, claims.grantId, parts.clock());
  if (claims === null || held === null || held.clientId !== client.id) throw noSuchLink();
  parts.admission.requireSwitches(held.switches, ...channelsToPass(held.channel, client.channel, held.redirectUri));
  const facts: AttemptNote = { step: "token", grantId: held.id, clientId: client.id };
  await parts.attempts.refused(requireStandingConsent(client, held), () => facts);
  const scopes = narrowScopes(form.scope, held.scopes, held.agreedScopes ?? []);
  const resource = parts.resources.within(held.resource, form.resource);
  const grant = await refreshGrant(handle, held, claims.counter, parts.clock());
  if (grant === "reuse") {
    const error = new AppError("invalid_grant", "The refresh token was used before, so the link has ended.");
    parts.attempts.note({ step: "token", grantId: claims.grantId, clientId: client.id, error });
    throw error;
  }
  if (grant === null) throw noSuchLink();
  return { grant, scopes, resource };
}

/** What each grant type does; metadata lists the same names. */
const grantTypes = { authorization_code: exchangeCode, refresh_token: refresh } as const;

const isGrantType = (name: string): name is keyof typeof grantTypes => Object.hasOwn(grantTypes, name);

/** RFC 6749 §5.1. `scope` always says what the token holds, which may be less than was asked. */
export const tokenAnswer = async (parts: TokenParts, { grant, scopes, resource }: Issue) => ({
  access_token: await parts.accessTokens.write(grant, scopes, resource),
  refresh_token: parts.refreshTokens.write({ grantId: grant.id, counter: grant.refreshCounter }),
  token_type: "Bearer",
  expires_in: ACCESS_TOKEN_SECONDS,
  scope: scopes.join(" "),
});

/** What a token request gets, once its client is proven: a code's grant, or a refreshed one. */
export async function issueTokens(c: RequestContext, parts: TokenParts, form: TokenForm): Promise<Issue> {
  if (form.grant_type === undefined) throw new AppError("invalid_request", "grant_type is missing.");
  if (!isGrantType(form.grant_type)) throw new AppError("unsupported_grant_type", "This grant type is not supported.");
  const grantType = grantTypes[form.grant_type];
  const seen: Seen = {};
  const issue = async (): Promise<Issue> => {
    const client = await authenticateClient(c, form, parts);
    return grantType(parts, client, form, linkChannelOf(c), seen);
  };
  return grantType === exchangeCode ? noted(c, parts, form, issue(), seen) : issue();
}

async function answer(c: RequestContext, parts: TokenParts) {
  const form = await readForm(c, tokenForm);
  if (form.grant_type !== EXCHANGE_GRANT) return tokenAnswer(parts, await issueTokens(c, parts, form));
  return exchangeToken(parts.exchange, await authenticateClient(c, form, parts), form);
}

/** Tells the attempt's timeline how the exchange of its code went. */
async function noted(c: RequestContext, parts: TokenParts, form: TokenForm, issue: Promise<Issue>, seen: Seen) {
  const facts = (): AttemptNote => ({
    step: "token",
    ...cameFrom(c, parts),
    ...(form.client_id === undefined ? {} : { clientId: form.client_id }),
    ...seen,
  });
  const issued = await parts.attempts.refused(issue, facts);
  parts.attempts.note({ ...facts(), grantId: issued.grant.id, channel: issued.grant.channel });
  return issued;
}

/** `POST /token`: a code or a refresh token becomes a pair of tokens (RFC 6749 §3.2). */
export async function token(c: RequestContext, parts: TokenParts): Promise<Response> {
  const tokens = await countingFailures(parts.limits, parts.clientAddress(c), () => answer(c, parts));
  return c.json(tokens, 200, { "cache-control": "no-store", pragma: "no-cache" });
}
