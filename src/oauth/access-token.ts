import { jwtVerify, type JWTPayload, SignJWT } from "jose";
import * as z from "zod";
import { type Clock } from "../kernel/clock.ts";
import { isUuid, uuidv7 } from "../kernel/ids.ts";
import { parseScopes, type Scope } from "../kernel/scopes.ts";
import { kidOf, nullWhenRefused } from "./jwt.ts";
import type { Grant } from "./records/grants.ts";
import type { Resources } from "./resource.ts";
import { ALGORITHM, type SigningKeys } from "./signing-keys.ts";

/** Seconds that an access token lives. */
export const ACCESS_TOKEN_SECONDS = 3600;

/** What a token of ours says. Whether its grant still lives is asked of the database, each time. */
export interface AccessClaims {
  readonly userId: string;
  readonly clientId: string;
  readonly grantId: string;
  readonly scopes: readonly Scope[];
  /** The resource that it is for. */
  readonly audience: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
  /** The key that signed it: when that ends, so does the token. */
  readonly kid: string;
}

/** Writes and reads access tokens. */
export interface AccessTokens {
  /** @param scopes those of the grant, or fewer. @param resource canonical, becomes `aud`. */
  write(grant: Grant, scopes: readonly Scope[], resource: string): Promise<string>;
  /** null for whatever is not a token of ours, for this server, in its time. */
  read(token: string): Promise<AccessClaims | null>;
}

interface AccessTokenParts {
  readonly keys: SigningKeys;
  readonly resources: Resources;
  /** `iss`. */
  readonly baseUrl: string;
  readonly clock: Clock;
}

/** RFC 9068 §2.2, and `gid`, the grant. */
const claimsSchema = z
  .object({
    sub: z.string().refine(isUuid),
    client_id: z.string(),
    gid: z.string().refine(isUuid),
    scope: z.string(),
    aud: z.string(),
    exp: z.int(),
  })
  .transform((claims): Omit<AccessClaims, "kid"> => ({
    userId: claims.sub,
    clientId: claims.client_id,
    grantId: claims.gid,
    scopes: parseScopes(claims.scope).known,
    audience: claims.aud,
    expiresAt: claims.exp,
  }));

/** Access tokens as RFC 9068 says: a JWT, type `at+jwt`, signed with RS256 and nothing else. */
export function createAccessTokens({ keys, resources, baseUrl, clock }: AccessTokenParts): AccessTokens {
  const verify = async (token: string, kid: string): Promise<JWTPayload | null> => {
    const key = await keys.find(kid);
    if (key === null) return null;
    return jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      typ: "at+jwt",
      issuer: baseUrl,
      audience: [...resources.audiences],
      currentDate: clock(),
    }).then((result) => result.payload, nullWhenRefused);
  };
  return {
    async write(grant, scopes, resource) {
      const { kid, privateKey } = await keys.active();
      const now = clock();
      const issuedAt = Math.floor(now.getTime() / 1000);
      return new SignJWT({ client_id: grant.clientId, scope: scopes.join(" "), gid: grant.id })
        .setProtectedHeader({ alg: ALGORITHM, typ: "at+jwt", kid })
        .setIssuer(baseUrl)
        .setSubject(grant.userId)
        .setAudience(resource)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + ACCESS_TOKEN_SECONDS)
        .setJti(uuidv7(now))
        .sign(privateKey);
    },
    async read(token) {
      const kid = kidOf(token);
      const payload = kid === null ? null : await verify(token, kid);
      const claims = payload === null ? undefined : claimsSchema.safeParse(payload).data;
      return claims === undefined || kid === null ? null : { ...claims, kid };
    },
  };
}
