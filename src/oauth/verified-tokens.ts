import type { Clock } from "../kernel/clock.ts";
import { sha256Text } from "../kernel/seal.ts";
import type { AccessClaims, AccessTokens } from "./access-token.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** Tokens kept; beyond, the oldest goes. About 400 bytes each. */
const CAPACITY = 10_000;

/** Access tokens, of which those that were verified are known again. */
export interface VerifiedTokens extends Pick<AccessTokens, "read"> {
  /** The claims of a token that was verified before and stands; null for any other, whatever it is. */
  remembered(token: string): Promise<AccessClaims | null>;
}

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
): VerifiedTokens {
  const verified = new Map<string, AccessClaims>();
  const remember = (key: string, claims: AccessClaims): void => {
    const [oldest] = verified.keys();
    if (verified.size >= capacity && oldest !== undefined) verified.delete(oldest);
    verified.set(key, claims);
  };
  const recall = async (key: string): Promise<AccessClaims | null> => {
    const known = verified.get(key);
    const inTime = known !== undefined && known.expiresAt * 1000 > clock().getTime();
    if (inTime && (await keys.find(known.kid)) !== null) return known;
    verified.delete(key);
    return null;
  };
  return {
    remembered: (token) => recall(sha256Text(token)),
    async read(token) {
      const key = sha256Text(token);
      const known = await recall(key);
      if (known !== null) return known;
      const claims = await tokens.read(token);
      if (claims !== null) remember(key, claims);
      return claims;
    },
  };
}
