import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from "jose";
import type { ProviderFetch } from "./provider-fetch.ts";
import { providerUnavailable } from "./refusals.ts";

/**
 * A provider's published keys (RFC 7517 §5), kept for 10 minutes and asked for again, at most every 30 s, when a key
 * is unknown. A set that cannot be had is no verdict on the token: `unavailable`.
 */
export function publishedKeys(title: string, url: string, send: ProviderFetch): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(url), { [customFetch]: send });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      throw providerUnavailable(title, error);
    }
  };
}
