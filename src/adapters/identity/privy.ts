import { createPublicKey, type KeyObject } from "node:crypto";
import { type JWTPayload, jwtVerify, type JWTVerifyGetKey } from "jose";
import { AppError } from "../../kernel/errors.ts";
import type { IdentityProvider } from "../../kernel/ports/identity.ts";
import { type ProviderFetch, createProviderFetch } from "./provider-fetch.ts";
import { publishedKeys } from "./published-keys.ts";
import { refusedSignIn } from "./refusals.ts";
import { endAt } from "./token-end.ts";

interface PrivyParts {
  /** The app that tokens must be meant for. */
  readonly appId: string;
  /** The app's verification key, PEM (SPKI); undefined means the app's published keys. */
  readonly verificationKey: string | undefined;
  /** Where the app's keys are published; Privy's own address where nothing is said. */
  readonly jwksUrl?: string;
  /** A script that gets a token in the sign-in page (docs/sign-in.md); undefined where people come with a token. */
  readonly scriptUrl?: string | undefined;
  readonly send?: ProviderFetch;
}

const TITLE = "Privy";
const ISSUER = "privy.io";
const MAX_TOKEN = 8192;
/** A DID is printable ASCII (DID Core §3.1); anything else is no subject of Privy's. */
const SUBJECT = /^[\x21-\x7e]{1,255}$/;

function fixedKey(pem: string): JWTVerifyGetKey {
  const key: KeyObject = createPublicKey(pem);
  if (key.asymmetricKeyDetails?.namedCurve !== "prime256v1") {
    throw new Error("Privy's verification key must be a P-256 public key (PEM).");
  }
  return async () => key;
}

const keysOf = (appId: string): string => `https://auth.privy.io/api/v1/apps/${encodeURIComponent(appId)}/jwks.json`;

/**
 * Sign-in by a Privy access token, verified on this machine (docs.privy.io, "Access tokens"): ES256 alone, issued by
 * `privy.io`, for this app, not expired, typed `JWT`. Its subject is the person's DID; an email address inside joins
 * nobody.
 * @throws Error when the verification key is not a P-256 public key.
 */
export function createPrivyIdentity(parts: PrivyParts): IdentityProvider {
  const key =
    parts.verificationKey === undefined
      ? publishedKeys(TITLE, parts.jwksUrl ?? keysOf(parts.appId), parts.send ?? createProviderFetch())
      : fixedKey(parts.verificationKey);

  async function claimsOf(token: string, now: Date): Promise<JWTPayload> {
    try {
      const rules = { algorithms: ["ES256"], issuer: ISSUER, audience: parts.appId, typ: "JWT", currentDate: now };
      const { payload } = await jwtVerify(token, key, { ...rules, requiredClaims: ["sub", "exp", "iat"] });
      return payload;
    } catch (error) {
      throw error instanceof AppError ? error : refusedSignIn(TITLE, error);
    }
  }

  return {
    id: "privy",
    title: TITLE,
    takesTokens: true,
    ...(parts.scriptUrl === undefined ? {} : { script: { url: parts.scriptUrl, appId: parts.appId } }),
    async verify(proof, now) {
      if (!("token" in proof) || proof.token.length > MAX_TOKEN) throw refusedSignIn(TITLE);
      const { token } = proof;
      const claims = await claimsOf(token, now);
      // jose checks that a subject is there, not that it is text.
      const sub: unknown = claims.sub;
      if (typeof sub !== "string" || !SUBJECT.test(sub)) throw refusedSignIn(TITLE);
      // Privy's refresh token stays in the person's browser, so this one lives as long as it says and no longer.
      const tokens = { accessToken: token, refreshToken: null, expiresAt: endAt(now, claims.exp ?? 0) };
      return { issuer: ISSUER, subject: sub, label: `Privy account …${sub.slice(-6)}`, tokens };
    },
  };
}
