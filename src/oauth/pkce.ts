import { timingSafeEqual } from "node:crypto";
import { AppError } from "../kernel/errors.ts";
import { sha256 } from "../kernel/seal.ts";

/** RFC 7636 §4.2: the base64url form of a SHA-256. */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
/** RFC 7636 §4.1. */
const VERIFIER = /^[A-Za-z0-9\-._~]{43,128}$/;

/**
 * PKCE is required of every client and only as S256 (RFC 9700 §2.1.1); a request without a method means `plain`
 * (RFC 7636 §4.3) and is refused too, so that nobody can be talked down.
 * @throws AppError `invalid_request`.
 */
export function requireChallenge(challenge: string | undefined, method: string | undefined): string {
  if (challenge === undefined) throw new AppError("invalid_request", "code_challenge is missing: PKCE is required.");
  if (method !== "S256") throw new AppError("invalid_request", "code_challenge_method must be S256.");
  if (!CHALLENGE.test(challenge)) {
    throw new AppError("invalid_request", "code_challenge must be the base64url form of a SHA-256, 43 characters.");
  }
  return challenge;
}

/**
 * Proves that the caller is the one who asked for the code (RFC 7636 §4.6).
 * @throws AppError `invalid_grant` for a missing, malformed or wrong verifier alike.
 */
export function verifyChallenge(verifier: string | undefined, challenge: string): void {
  const proven =
    verifier !== undefined &&
    VERIFIER.test(verifier) &&
    timingSafeEqual(sha256(verifier), Buffer.from(challenge, "base64url"));
  if (!proven) throw new AppError("invalid_grant", "code_verifier does not prove the code_challenge of this code.");
}
