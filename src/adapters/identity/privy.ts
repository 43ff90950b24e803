import { createPublicKey, type KeyObject } from "node:crypto";
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from "jose";
import { AppError } from "../../kernel/errors.ts";
import type { IdentityProvider } from "../../kernel/ports/identity.ts";

interface PrivyParts {
  /** The app that tokens must be meant for. */
  readonly appId: string;
  /** The app's verification key, PEM (SPKI); undefined means the app's published keys. */
  readonly verificationKey: string | undefined;
  /** Where the app's keys are published; Privy's own address where nothing is said. */
  readonly jwksUrl?: string;
}

const ISSUER = "privy.io";
const MAX_TOKEN = 8192;
/** A DID is printable ASCII (DID Core §3.1); anything else is no subject of Privy's. */
const SUBJECT = /^[\x21-\x7e]{1,255}$/;

/** The reason alone: jose's own errors carry claims, which no log may keep. */
const reasonOf = (error: unknown): Error =>
  new Error(error instanceof errors.JOSEError ? error.code : "The token could not be verified.");

const refused = (cause?: Error): AppError =>
  new AppError("invalid_token", "This Privy sign-in is not valid for this server, or has ended.", {
    next: "Sign in with Privy again.",
    cause,
  });

function fixedKey(pem: string): JWTVerifyGetKey {
  const key: KeyObject = createPublicKey(pem);
  if (key.asymmetricKeyDetails?.namedCurve !== "prime256v1") {
    throw new Error("Privy's verification key must be a P-256 public key (PEM).");
  }
  return async () => key;
}

/** The app's published keys, kept for 10 minutes and asked for again, at most every 30 s, when a key is unknown. */
function publishedKeys(url: string): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(url), { timeoutDuration: 5000 });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      throw new AppError("unavailable", "Privy's keys could not be fetched.", { cause: reasonOf(error) });
    }
  };
}

/**
 * Sign-in by a Privy access token, verified on this machine (docs.privy.io, "Access tokens"): ES256 alone, issued by
 * `privy.io`, for this app, not expired, typed `JWT`. Its subject is the person's DID; an email address inside joins
 * nobody.
 * @throws Error when the verification key is not a P-256 public key.
 */
export function createPrivyIdentity(parts: PrivyParts): IdentityProvider {
  const key =
    parts.verificationKey === undefined
      ? publishedKeys(parts.jwksUrl ?? `https://auth.privy.io/api/v1/apps/${encodeURIComponent(parts.appId)}/jwks.json`)
      : fixedKey(parts.verificationKey);

  async function claimsOf(token: string, now: Date): Promise<JWTPayload> {
    try {
      const rules = { algorithms: ["ES256"], issuer: ISSUER, audience: parts.appId, typ: "JWT", currentDate: now };
      const { payload } = await jwtVerify(token, key, { ...rules, requiredClaims: ["sub", "exp", "iat"] });
      return payload;
    } catch (error) {
      throw error instanceof AppError ? error : refused(reasonOf(error));
    }
  }

  return {
    id: "privy",
    title: "Privy",
    async verify(proof, now) {
      if (!("token" in proof) || proof.token.length > MAX_TOKEN) throw refused();
      // jose checks that a subject is there, not that it is text.
      const sub: unknown = (await claimsOf(proof.token, now)).sub;
      if (typeof sub !== "string" || !SUBJECT.test(sub)) throw refused();
      return { issuer: ISSUER, subject: sub, label: `Privy account …${sub.slice(-6)}` };
    },
  };
}
