import { errors } from "jose";
import * as oauth from "oauth4webapi";
import { AppError } from "../../kernel/errors.ts";

/**
 * The reason alone: the libraries' own errors carry claims and tokens, which no log may keep. Also of a failed request
 * only its kind is kept, since an address may hold a parameter.
 */
export function reasonOf(error: unknown): Error {
  if (error instanceof oauth.ResponseBodyError) return new Error(`The provider answered ${error.error.slice(0, 60)}.`);
  if (error instanceof Error && "code" in error && typeof error.code === "string") return new Error(error.code);
  if (error instanceof errors.JOSEError) return new Error(error.code);
  return new Error(error instanceof Error ? error.name : "unknown");
}

/** The provider did not answer, or not in time, or not in a form that can be read: no verdict on the person. */
export const providerUnavailable = (title: string, error: unknown): AppError =>
  new AppError("unavailable", `${title} did not give a usable answer.`, {
    cause: reasonOf(error),
    next: "Try again in a moment, or sign in another way.",
  });

/** A proof that does not stand. Says nothing of why: that is for the log. */
export const refusedSignIn = (title: string, error?: unknown): AppError =>
  new AppError("invalid_token", `This ${title} sign-in is not valid for this server, or has ended.`, {
    next: `Sign in with ${title} again.`,
    ...(error === undefined ? {} : { cause: reasonOf(error) }),
  });

/** `access_denied` is the person's own answer at the provider (RFC 6749 §4.1.2.1). */
const declined = (title: string): AppError =>
  new AppError("access_denied", `You did not sign in at ${title}.`, { next: "Sign in again, or another way." });

/** What a provider answers to a proof that is wrong; any other error of its is about itself, or about our settings. */
const VERDICTS: ReadonlySet<string> = new Set(["invalid_grant", "login_required", "consent_required"]);

/** Codes of oauth4webapi that say that what the person brought back does not stand. */
const BAD_PROOF: ReadonlySet<string | undefined> = new Set([
  oauth.INVALID_RESPONSE,
  oauth.JWT_TIMESTAMP_CHECK,
  oauth.JWT_CLAIM_COMPARISON,
  oauth.JSON_ATTRIBUTE_COMPARISON,
  oauth.KEY_SELECTION,
  oauth.UNSUPPORTED_OPERATION,
]);

function isVerdict(error: unknown): boolean {
  if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError)
    return VERDICTS.has(error.error);
  const typed = error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError;
  return typed && BAD_PROOF.has(error.code);
}

/** Turns what oauth4webapi throws into our table: a verdict on the proof, or none. */
export function signInError(title: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof oauth.AuthorizationResponseError && error.error === "access_denied") return declined(title);
  return isVerdict(error) ? refusedSignIn(title, error) : providerUnavailable(title, error);
}
