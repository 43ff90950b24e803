const BEARER = /^bearer +([^\s,]+) *$/i;

/**
 * The bearer token of a request, from the `Authorization` header alone (RFC 6750 §2.1): a token in an address or in a
 * body ends in logs, so it is not looked for there.
 * @returns null when the request holds none. What it holds is not yet believed.
 */
export const readBearer = (request: Request): string | null =>
  BEARER.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;

/**
 * A text in the characters that OAuth allows in `error_description` and in a quoted challenge parameter
 * (RFC 6749 §5.2, RFC 6750 §3): printable ASCII without the double quote and the backslash.
 */
export const asciiText = (text: string): string => text.replaceAll('"', "'").replaceAll(/[^\x20-\x7e]|\\/g, "?");

/** What a refused caller is told. */
export interface BearerChallenge {
  /** Address of the protected-resource metadata, where discovery starts (RFC 9728 §5.1). */
  readonly resourceMetadata: string;
  /** All scopes that the call needs, space-separated. */
  readonly scope?: string;
  /** Left out when the request held no token at all (RFC 6750 §3.1). */
  readonly error?: "invalid_request" | "invalid_token" | "insufficient_scope";
  readonly errorDescription?: string;
}

/** The value of `WWW-Authenticate` for a refused bearer (RFC 6750 §3, RFC 9728 §5.1). */
export function bearerChallenge(challenge: BearerChallenge): string {
  const parameters = {
    resource_metadata: challenge.resourceMetadata,
    scope: challenge.scope,
    error: challenge.error,
    error_description: challenge.errorDescription,
  };
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${asciiText(value)}"`],
  );
  return `Bearer ${given.join(", ")}`;
}
