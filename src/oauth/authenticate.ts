import type { Database } from "../database/handle.ts";
import { readBearer } from "../http/bearer.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { Principal } from "../kernel/principal.ts";
import { effectiveScopes } from "../kernel/scopes.ts";
import type { AccessClaims, AccessTokens } from "./access-token.ts";
import { issuerOf } from "./jwt.ts";
import { findLiveGrant, type NamedGrant, touchGrant } from "./records/grants.ts";
import type { Entrance, Resources } from "./resource.ts";
import { serviceCaller } from "./service-caller.ts";
import type { ServiceTokens } from "./service-token.ts";

interface AuthenticateParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly tokens: Pick<AccessTokens, "read">;
  readonly resources: Resources;
  readonly serviceTokens: ServiceTokens;
}

const matches = (grant: NamedGrant, claims: AccessClaims): boolean =>
  grant.userId === claims.userId && grant.clientId === claims.clientId;

/**
 * Turns the bearer of a request into a principal. The token's signature may be remembered; its grant never is: the
 * database is asked on each request, so that revoking refuses the very next call. No other header is looked at.
 * @param entrance where the request came in; a token for another one does not stand.
 * @throws AppError `authentication_required` without a bearer, `invalid_token` with one that does not stand.
 */
export async function authenticate(request: Request, entrance: Entrance, parts: AuthenticateParts): Promise<Principal> {
  const token = readBearer(request);
  if (token === null) throw new AppError("authentication_required", "This call needs a linked account.");
  // Whose rules a token must pass is told by its issuer, never tried out (RFC 8725 §3.8).
  if (issuerOf(token) === parts.serviceTokens.issuer) return serviceCaller(token, entrance, parts.serviceTokens);
  const claims = await parts.tokens.read(token);
  if (claims === null) throw new AppError("invalid_token", "The access token is expired, or not one of this server.");
  if (!parts.resources.opens(claims.audience, entrance))
    throw new AppError("invalid_token", "The access token is for another address of this server.");
  const now = parts.clock();
  const grant = await findLiveGrant(parts.database.handle, claims.grantId, now);
  if (grant === null || !matches(grant, claims))
    throw new AppError("invalid_token", "The link to this account has ended.");
  await touchGrant(parts.database.handle, grant, now);
  return {
    userId: grant.userId,
    clientId: grant.clientId,
    clientName: grant.clientName,
    grantId: grant.id,
    scopes: effectiveScopes(claims.scopes),
    channel: grant.channel,
  };
}
