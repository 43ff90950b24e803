import { AppError } from "../kernel/errors.ts";

/** A way in that takes our tokens: the MCP address, or the rest of the API. */
export type Entrance = "mcp" | "api";

/** The resources that a token can be for: this server as a whole, and its MCP address (RFC 8707). */
export interface Resources {
  /**
   * The canonical form, without a trailing slash, of a requested resource; the base URL when none is requested.
   * @throws AppError `invalid_target` for any other address.
   */
  requested(resource: string | undefined): string;
  /**
   * The resource of one token: what its request names, within what was granted. The whole covers its part, so a client
   * that first names `/mcp` at the token endpoint gets it (RFC 8707 §2.2).
   * @throws AppError `invalid_target`.
   */
  within(granted: string, resource: string | undefined): string;
  /** Every spelling of `aud` that this server accepts. */
  readonly audiences: readonly string[];
  /**
   * Whether a token for this `aud` opens an entrance: a token for the whole server opens both, one for its MCP address
   * that alone (RFC 8707 §2, RFC 9068 §4).
   */
  opens(audience: string, entrance: Entrance): boolean;
}

/** @param baseUrl the configured address; no header of a request ever changes what a token is for. */
export function createResources(baseUrl: string): Resources {
  const canonical = [baseUrl, `${baseUrl}/mcp`];
  const spellings = (url: string): string[] => [url, `${url}/`];
  const entrances = { mcp: canonical.flatMap(spellings), api: spellings(baseUrl) };
  const requested = (resource: string | undefined): string => {
    if (resource === undefined) return baseUrl;
    const known = canonical.find((url) => resource === url || resource === `${url}/`);
    if (known === undefined) throw new AppError("invalid_target", `The resource must be ${canonical.join(" or ")}.`);
    return known;
  };
  return {
    requested,
    within(granted, resource) {
      if (resource === undefined) return granted;
      const wanted = requested(resource);
      if (wanted === granted || granted === baseUrl) return wanted;
      throw new AppError("invalid_target", "The resource differs from the one that the person agreed to.");
    },
    audiences: entrances.mcp,
    opens: (audience, entrance) => entrances[entrance].includes(audience),
  };
}
