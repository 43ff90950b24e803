import { asciiText } from "../http/bearer.ts";
import { type AppError, errorTable } from "../kernel/errors.ts";
import type { ProvenTarget } from "./authorization-request.ts";

/** What is said to the client: a code, or an error. */
type AuthorizationResponse = { readonly code: string } | { readonly error: string; readonly error_description: string };

/** An error in OAuth's spelling (RFC 6749 §4.1.2.1). */
export const authorizationError = (error: AppError): AuthorizationResponse => ({
  error: errorTable[error.code].oauth,
  error_description: asciiText(error.message),
});

/**
 * The address that carries an answer to the client: its own registered address, letter by letter, with our parameters
 * added to its query (RFC 6749 §4.1.2), and `iss` on success and error alike (RFC 9207 §2).
 */
export function answerAddress(target: ProvenTarget, response: AuthorizationResponse, issuer: string): string {
  const parameters = new URLSearchParams({
    ...response,
    ...(target.state === undefined ? {} : { state: target.state }),
    iss: issuer,
  });
  const { redirectUri } = target;
  const separator = !redirectUri.includes("?") ? "?" : /[?&]$/.test(redirectUri) ? "" : "&";
  return `${redirectUri}${separator}${parameters.toString()}`;
}
