import { timingSafeEqual } from "node:crypto";
import { AppError } from "../kernel/errors.ts";
import { sha256 } from "../kernel/seal.ts";

/** RFC 7636 §4.2: the base64url form of a SHA-256. */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
/** RFC 7636 §4.1. */
const VERIFIER = /^[A-Za-z0-9\-._~]{43,128}$/;

/**
 * PKCE is required and only as S256 (RFC 9700 §2.1.1); a request without a method means `plain` (RFC 7636 §4.3) and is
 * refused too, so that nobody can be talked down.
 * @param optional true for a confidential client whose operator allowed it to go without; what it sends must be right.
 * @returns null for a request without PKCE.
 * @throws AppError `invalid_request`.
 */
export function requireChallenge(
  challenge: string | undefined,
  method: string | undefined,
  optional = false,
): string | null {
  if (challenge === undefined && method === undefined && optional) return null;
  if (challenge === undefined) throw new AppError("invalid_request", "code_challenge is missing: PKCE is required.");
  if (method !== "S256") throw new AppError("invalid_request", "code_challenge_method must be S256.");
  if (!CHALLENGE.test(challenge)) {
    throw new AppError("invalid_request", "code_challenge must be the base64url form of a SHA-256, 43 characters.");
  }
  return challenge;
}

/**
 * Proves that the caller is the one who asked for the code (RFC 7636 §4.6).
 * @param challenge null for a code that was asked for without one: then a verifier shows that somebody took the
 * challenge out of the request on its way (RFC 9700 §4.8.2).
 * @throws AppError `invalid_grant` for a missing, malformed or wrong verifier alike.
 */
export function verifyChallenge(verifier: string | undefined, challenge: string | null): void {
  if (challenge === null) {
    if (verifier === undefined) return;
    throw new AppError(
      "invalid_grant",
      "The code was asked for without a code_challenge, so it takes no code_verifier.",
    );
  }
  const proven =
    verifier !== undefined &&
    VERIFIER.test(verifier) &&
    timingSafeEqual(sha256(verifier), Buffer.from(challenge, "base64url"));
  if (!proven) throw new AppError("invalid_grant", "code_verifier does not prove the code_challenge of this code.");
}
