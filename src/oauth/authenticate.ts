import type { Database } from "../database/handle.ts";
import { readBearer } from "../http/bearer.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { Principal } from "../kernel/principal.ts";
import type { AccessClaims } from "./access-token.ts";
import type { Admission } from "./admission.ts";
import { issuerOf } from "./jwt.ts";
import type { AttemptNote, LinkAttempts } from "./link-attempts.ts";
import { heldNow } from "./narrow.ts";
import { type LiveGrant, type NamedGrant, touchGrant } from "./records/grants.ts";
import type { Entrance, Resources } from "./resource.ts";
import { serviceCaller } from "./service-caller.ts";
import type { ServiceTokens } from "./service-token.ts";
import type { VerifiedTokens } from "./verified-tokens.ts";

interface AuthenticateParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly tokens: VerifiedTokens;
  readonly resources: Resources;
  readonly serviceTokens: ServiceTokens;
  readonly admission: Pick<Admission, "requireOpen" | "requireUser">;
  readonly attempts: LinkAttempts;
  /** Finds a grant as it stands now: calls that come in together are asked about together. */
  readonly liveGrant: (id: string) => Promise<LiveGrant | null>;
}

/** The first call of a link is the last step of its timeline: noted when it came in, or why it did not. */
const noteFirstCall = (parts: AuthenticateParts, grantId: string, error?: AppError): void => {
  const note: AttemptNote = { step: "first_call", grantId };
  parts.attempts.note(error === undefined ? note : { ...note, error });
};

/** @throws AppError as {@link Admission} does; a link that never had a call says why in its timeline. */
function requireOpen(parts: AuthenticateParts, grant: LiveGrant): void {
  try {
    parts.admission.requireOpen(grant);
  } catch (error) {
    if (grant.firstCalledAt === null && error instanceof AppError) noteFirstCall(parts, grant.id, error);
    throw error;
  }
}

const matches = (grant: NamedGrant, claims: AccessClaims): boolean =>
  grant.userId === claims.userId && grant.clientId === claims.clientId;

/**
 * Turns the bearer of a request into a principal. The token's signature may be remembered; its grant never is: the
 * database is asked on each request, so that revoking refuses the very next call. No other header is looked at.
 * @param entrance where the request came in; a token for another one does not stand.
 * @throws AppError `authentication_required` without a bearer, `invalid_token` with one that does not stand, and
 * `client_disabled`, `account_disabled` or `channel_disabled` with one that an administrator has stopped.
 */
export async function authenticate(request: Request, entrance: Entrance, parts: AuthenticateParts): Promise<Principal> {
  const token = readBearer(request);
  if (token === null) throw new AppError("authentication_required", "This call needs a linked account.");
  const known = await parts.tokens.remembered(token);
  // Whose rules a token must pass is told by its issuer, never tried out (RFC 8725 §3.8).
  if (known === null && issuerOf(token) === parts.serviceTokens.issuer) return serviceCaller(token, entrance, parts);
  const claims = known ?? (await parts.tokens.read(token));
  if (claims === null) throw new AppError("invalid_token", "The access token is expired, or not one of this server.");
  if (!parts.resources.opens(claims.audience, entrance)) {
    const error = new AppError("invalid_token", "The access token is for another address of this server.");
    noteFirstCall(parts, claims.grantId, error);
    throw error;
  }
  const now = parts.clock();
  const grant = await parts.liveGrant(claims.grantId);
  if (grant === null || !matches(grant, claims))
    throw new AppError("invalid_token", "The link to this account has ended.");
  requireOpen(parts, grant);
  if (await touchGrant(parts.database.handle, grant, now)) noteFirstCall(parts, grant.id);
  return {
    userId: grant.userId,
    clientId: grant.clientId,
    clientName: grant.clientName,
    grantId: grant.id,
    scopes: heldNow(claims.scopes, grant.scopes),
    channel: grant.channel,
    paused: grant.switches.paused,
  };
}
