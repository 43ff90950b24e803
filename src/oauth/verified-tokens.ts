import type { Clock } from "../kernel/clock.ts";
import { sha256 } from "../kernel/seal.ts";
import type { AccessClaims, AccessTokens } from "./access-token.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** Tokens kept; beyond, the oldest goes. About 400 bytes each. */
const CAPACITY = 10_000;

/**
 * Remembers which tokens were verified, since checking an RSA signature costs more than all the rest of a call.
 * Only what can never change is remembered, signature and claims, under the token's hash and until the token's end. That
 * its key still stands is asked each time.
 */
export function rememberVerified(
  tokens: Pick<AccessTokens, "read">,
  keys: Pick<SigningKeys, "find">,
  clock: Clock,
  capacity = CAPACITY,
): Pick<AccessTokens, "read"> {
  const verified = new Map<string, AccessClaims>();
  const remember = (key: string, claims: AccessClaims): void => {
    const [oldest] = verified.keys();
    if (verified.size >= capacity && oldest !== undefined) verified.delete(oldest);
    verified.set(key, claims);
  };
  return {
    async read(token) {
      const key = sha256(token).toString("base64");
      const known = verified.get(key);
      const inTime = known !== undefined && known.expiresAt * 1000 > clock().getTime();
      if (inTime && (await keys.find(known.kid)) !== null) return known;
      verified.delete(key);
      const claims = await tokens.read(token);
      if (claims !== null) remember(key, claims);
      return claims;
    },
  };
}
