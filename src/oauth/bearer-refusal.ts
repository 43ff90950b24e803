import { bearerChallenge } from "../http/bearer.ts";
import { errorResponse } from "../http/errors.ts";
import type { RequestContext } from "../http/router.ts";
import { type AppError, errorTable } from "../kernel/errors.ts";

/**
 * The refusal of a request that carries an access token to this server itself: 401 and 403 say in the header what is
 * missing (RFC 6750 §3), and where a client learns how to get it (RFC 9728 §5.1).
 * @param scope what the address needs.
 */
export function refuseBearer(c: RequestContext, baseUrl: string, scope: string, error: AppError): Response {
  const response = errorResponse(c, error, "oauth");
  if (response.status !== 401 && response.status !== 403) return response;
  const { oauth } = errorTable[error.code];
  const known = oauth === "invalid_token" || oauth === "insufficient_scope";
  // Without a token there is nothing to call an error (RFC 6750 §3.1).
  const named = error.code !== "authentication_required" && known;
  const challenge = bearerChallenge({
    resourceMetadata: `${baseUrl}/.well-known/oauth-protected-resource`,
    scope,
    ...(named ? { error: oauth, errorDescription: error.message } : {}),
  });
  response.headers.set("www-authenticate", challenge);
  return response;
}
