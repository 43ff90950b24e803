import { readForm } from "../http/body.ts";
import type { RequestContext } from "../http/router.ts";
import { after } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { LimitsPort } from "../kernel/ports/limits.ts";
import { effectiveScopes } from "../kernel/scopes.ts";
import type { AccessTokens } from "./access-token.ts";
import type { Admission } from "./admission.ts";
import { authenticateClient, type ClientAuthenticationParts, clientForm } from "./client-authentication.ts";
import { countingFailures } from "./counted-failures.ts";
import { parameter } from "./parameters.ts";
import type { Client } from "./records/clients.ts";
import { findLiveGrant, isStillTaken, type LiveGrant, UNUSED_SECONDS } from "./records/grants.ts";
import type { RefreshTokens } from "./refresh-token.ts";

interface IntrospectParts extends ClientAuthenticationParts {
  readonly admission: Pick<Admission, "isOpen">;
  readonly baseUrl: string;
  readonly limits: LimitsPort;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly clientAddress: (c: RequestContext) => string;
}

/** `token_type_hint` is left out: the two kinds tell themselves apart (RFC 7662 §2.1 lets a server ignore it). */
const introspectForm = clientForm.extend({ token: parameter(8192) });

/** What a live token means (RFC 7662 §2.2). Times are seconds since 1970. */
interface LiveToken {
  readonly grant: LiveGrant;
  readonly scopes: readonly string[];
  readonly audience: string;
  readonly expiresAt: number;
  readonly kind: { readonly token_type: "Bearer" } | { readonly token_use: "refresh" };
}

const secondsOf = (time: Date): number => Math.floor(time.getTime() / 1000);

async function accessToken(parts: IntrospectParts, token: string): Promise<LiveToken | null> {
  const claims = await parts.accessTokens.read(token);
  const grant = claims && (await findLiveGrant(parts.database.handle, claims.grantId, parts.clock()));
  if (!claims || !grant || grant.userId !== claims.userId || grant.clientId !== claims.clientId) return null;
  const { audience, expiresAt } = claims;
  // The person may have taken some back since.
  const held = new Set([...grant.scopes, ...effectiveScopes(grant.scopes)]);
  const scopes = claims.scopes.filter((scope) => held.has(scope));
  return { grant, scopes, audience, expiresAt, kind: { token_type: "Bearer" } };
}

/** A refresh token that a refresh would still take; asking does not use it. */
async function refreshToken(parts: IntrospectParts, token: string): Promise<LiveToken | null> {
  const claims = parts.refreshTokens.read(token);
  const now = parts.clock();
  const grant = claims && (await findLiveGrant(parts.database.handle, claims.grantId, now));
  if (!claims || !grant || !(await isStillTaken(parts.database.handle, claims, now))) return null;
  const expiresAt = secondsOf(after(grant.lastUsedAt, UNUSED_SECONDS));
  return { grant, scopes: grant.scopes, audience: grant.resource, expiresAt, kind: { token_use: "refresh" } };
}

/** A client asks about its own tokens; the company's own services about any. What is not theirs to know is not active. */
const mayKnow = (client: Client, { grant }: LiveToken): boolean => client.internal || grant.clientId === client.id;

/** Whether a call with it would get in: administrators may have switched off what the person has not revoked. */
const getsIn = ({ admission }: IntrospectParts, { grant }: LiveToken): boolean => admission.isOpen(grant);

const described = ({ baseUrl }: IntrospectParts, { grant, scopes, audience, expiresAt, kind }: LiveToken) => ({
  active: true,
  ...kind,
  iss: baseUrl,
  sub: grant.userId,
  aud: audience,
  client_id: grant.clientId,
  scope: scopes.join(" "),
  exp: expiresAt,
  channel: grant.channel,
});

async function answer(c: RequestContext, parts: IntrospectParts) {
  const form = await readForm(c, introspectForm);
  const client = await authenticateClient(c, form, parts);
  if (client.authMethod === "none") {
    throw new AppError("invalid_client", "Only a client with a secret or a key may ask about tokens.");
  }
  if (form.token === undefined) throw new AppError("invalid_request", "token is missing.");
  const live = (await accessToken(parts, form.token)) ?? (await refreshToken(parts, form.token));
  return live !== null && mayKnow(client, live) && getsIn(parts, live) ? described(parts, live) : { active: false };
}

/** `POST /introspect` and `POST /token/introspect` (RFC 7662 §2). A token that does not stand tells nothing of itself. */
export async function introspect(c: RequestContext, parts: IntrospectParts): Promise<Response> {
  const token = await countingFailures(parts.limits, parts.clientAddress(c), () => answer(c, parts));
  return c.json(token, 200, { "cache-control": "no-store", pragma: "no-cache" });
}
