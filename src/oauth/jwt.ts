import { decodeJwt, decodeProtectedHeader, errors } from "jose";

/** What `read` makes of a text, or null where it is no JWT. */
function peek<T>(read: () => T | undefined): T | null {
  try {
    return read() ?? null;
  } catch {
    return null;
  }
}

/** The key id that a JWT names. Not believed: it only tells which key to try. */
export const kidOf = (token: string): string | null => peek(() => decodeProtectedHeader(token).kid);

/** The issuer that a JWT names. Not believed: it only tells whose rules the token must pass. */
export const issuerOf = (token: string): string | null => peek(() => decodeJwt(token).iss);

/** When a JWT says it was issued, in seconds since 1970. For display. */
export const issuedAtOf = (token: string): number | null => peek(() => decodeJwt(token).iat);

/** For the refusal of a verification: a token that does not stand is null; what breaks is thrown on. */
export const nullWhenRefused = (error: unknown): null => {
  if (error instanceof errors.JOSEError) return null;
  throw error;
};
