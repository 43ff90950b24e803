import { type JWTPayload, type JWTVerifyGetKey, decodeProtectedHeader, jwtVerify } from "jose";
import { AppError } from "../../kernel/errors.ts";
import { type ProviderFetch } from "./provider-fetch.ts";
import { publishedKeys } from "./published-keys.ts";
import { refusedSignIn } from "./refusals.ts";

interface TokenParts {
  readonly title: string;
  /** The project's address, without a trailing slash. */
  readonly url: string;
  /** The project's shared secret; undefined where it signs with its published keys alone. */
  readonly jwtSecret: string | undefined;
  readonly send: ProviderFetch;
}

/** Reads a token as one of the project's users. @throws AppError `invalid_token` or `unavailable`. */
export type ReadToken = (token: string, now: Date) => Promise<JWTPayload>;

const MAX_TOKEN = 16_384;
/** What a project's own keys may sign with. The shared secret is no such key, so no public key is ever taken for it. */
const BY_KEYS = ["ES256", "RS256", "EdDSA"];

function algorithmOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).alg;
  } catch {
    return undefined;
  }
}

/**
 * Verifies Supabase access tokens on this machine: the algorithm decides between the shared secret and the published
 * keys, each of which only ever verifies its own (RFC 8725 §3.1); issuer and audience are pinned, since the project's
 * other tokens, such as its anonymous key, are signed by the same key.
 */
export function createSupabaseTokens({ title, url, jwtSecret, send }: TokenParts): ReadToken {
  const published = publishedKeys(title, `${url}/auth/v1/.well-known/jwks.json`, send);
  const secret = jwtSecret === undefined ? undefined : new TextEncoder().encode(jwtSecret);
  const rules = { issuer: `${url}/auth/v1`, audience: "authenticated", typ: "JWT", requiredClaims: ["sub", "exp"] };
  const verify = async (token: string, currentDate: Date): Promise<JWTPayload> => {
    if (secret !== undefined && algorithmOf(token) === "HS256")
      return (await jwtVerify(token, secret, { ...rules, currentDate, algorithms: ["HS256"] })).payload;
    const key: JWTVerifyGetKey = published;
    return (await jwtVerify(token, key, { ...rules, currentDate, algorithms: BY_KEYS })).payload;
  };
  return async (token, now) => {
    if (token.length > MAX_TOKEN) throw refusedSignIn(title);
    const claims = await verify(token, now).catch((error: unknown) => {
      throw error instanceof AppError ? error : refusedSignIn(title, error);
    });
    // Whoever signed in as nobody cannot come back as the same person.
    if (claims["is_anonymous"] === true) throw refusedSignIn(title);
    return claims;
  };
}
