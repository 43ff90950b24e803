import { readForm } from "../http/body.ts";
import type { RequestContext } from "../http/router.ts";
import { AppError } from "../kernel/errors.ts";
import type { LimitsPort } from "../kernel/ports/limits.ts";
import type { AccessTokens } from "./access-token.ts";
import { authenticateClient, type ClientAuthenticationParts, clientForm } from "./client-authentication.ts";
import { countingFailures } from "./counted-failures.ts";
import { parameter } from "./parameters.ts";
import { findLiveGrant, revokeByClient } from "./records/grants.ts";
import type { RefreshTokens } from "./refresh-token.ts";

interface RevokeParts extends ClientAuthenticationParts {
  readonly limits: LimitsPort;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly clientAddress: (c: RequestContext) => string;
}

/** `token_type_hint` is left out: the two kinds tell themselves apart (RFC 7009 §2.1 lets a server ignore it). */
const revokeForm = clientForm.extend({ token: parameter(8192) });

const grantOf = async (parts: RevokeParts, token: string): Promise<string | null> =>
  parts.refreshTokens.read(token)?.grantId ?? (await parts.accessTokens.read(token))?.grantId ?? null;

/**
 * Ends the grant behind either kind of token, and so all tokens of it. A token that is unknown, expired or already
 * revoked is as good as revoked (RFC 7009 §2.2).
 */
async function revokeToken(c: RequestContext, parts: RevokeParts): Promise<void> {
  const form = await readForm(c, revokeForm);
  const { handle } = parts.database;
  const client = await authenticateClient(c, form, parts);
  if (form.token === undefined) throw new AppError("invalid_request", "token is missing.");
  const grantId = await grantOf(parts, form.token);
  const grant = grantId === null ? null : await findLiveGrant(handle, grantId, parts.clock());
  if (grant === null) return;
  if (grant.clientId !== client.id) throw new AppError("invalid_grant", "The token was issued to another client.");
  await revokeByClient(handle, client.id, grant.id, parts.clock());
}

/** `POST /revoke`: a client gives a token back (RFC 7009 §2). */
export async function revoke(c: RequestContext, parts: RevokeParts): Promise<Response> {
  await countingFailures(parts.limits, parts.clientAddress(c), () => revokeToken(c, parts));
  return c.body(null, 200, { "cache-control": "no-store" });
}
