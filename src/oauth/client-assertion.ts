import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JWK, jwtVerify } from "jose";
import * as z from "zod";
import type { Database } from "../database/handle.ts";
import { after, type Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { sha256 } from "../kernel/seal.ts";
import type { ClientKeys } from "./client-keys.ts";
import { useAssertion } from "./records/assertions.ts";
import type { Client, KeySet } from "./records/clients.ts";

interface AssertionParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly clientKeys: ClientKeys;
  /** What an assertion may be addressed to: the issuer, and the token endpoint under each of its names. */
  readonly audiences: readonly string[];
}

/** The one type of assertion (RFC 7523 §2.2). */
export const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** Asymmetric signatures alone: the metadata lists them (RFC 8414 `token_endpoint_auth_signing_alg_values_supported`). */
export const assertionAlgorithms = ["RS256", "PS256", "ES256", "EdDSA"] as const;

/** Seconds that an assertion may be good for, and that two clocks may differ. */
const [LONGEST, TOLERANCE] = [600, 30];

/** What an assertion may be addressed to: the issuer, and the token endpoint under each of its names (RFC 7523 §3). */
export const assertionAudiences = (baseUrl: string): readonly string[] => [
  baseUrl,
  `${baseUrl}/`,
  ...["/token", "/oauth/chatgpt/token", "/oauth/claude/token", "/api/connector/oauth/token"].map(
    (path) => baseUrl + path,
  ),
];

const refused = (why: string, cause?: unknown): AppError =>
  new AppError("invalid_client", `The client assertion ${why}.`, { cause, next: "Sign a new assertion." });

/** The client that an assertion says it is from; nothing of it is proven yet. */
export function claimedClientId(assertion: string): string {
  try {
    const { iss, sub } = decodeJwt(assertion);
    if (iss !== undefined && iss === sub) return iss;
  } catch (cause) {
    throw refused("is no JWT", cause);
  }
  throw refused("must name the client as iss and sub alike (RFC 7523 §3)");
}

const claims = z.object({ exp: z.number(), jti: z.string().min(1).max(512).optional() });

/** `jose` takes its own type; ours was read by `readKeySet`. */
const keyResolver = (keys: KeySet) => createLocalJWKSet({ keys: keys.keys.map((key): JWK => ({ ...key })) });

async function verified(client: Client, assertion: string, keys: KeySet, parts: AssertionParts) {
  const now = parts.clock();
  const { payload } = await jwtVerify(assertion, keyResolver(keys), {
    issuer: client.id,
    subject: client.id,
    audience: [...parts.audiences],
    algorithms: [...assertionAlgorithms],
    requiredClaims: ["exp"],
    clockTolerance: TOLERANCE,
    currentDate: now,
  }).catch((cause: unknown) => {
    throw refused(`does not stand (${cause instanceof Error ? cause.message : "unreadable"})`, cause);
  });
  // One that is good elsewhere, too, could have been handed to us by that other server.
  const audiences = Array.isArray(payload.aud) ? payload.aud : [payload.aud];
  if (!audiences.every((audience) => audience !== undefined && parts.audiences.includes(audience)))
    throw refused("is for other servers, too");
  const read = claims.safeParse(payload);
  if (!read.success) throw refused("has an exp or a jti that cannot be used");
  return read.data;
}

/**
 * Proves a client by a JWT that it signed (RFC 7523 §3): issued by and about itself, for this server, short-lived, and
 * used once in all processes together.
 * @throws AppError `invalid_client`.
 */
export async function proveByAssertion(client: Client, assertion: string, parts: AssertionParts): Promise<void> {
  const keys = client.jwks ?? (await publishedKeys(client, assertion, parts));
  const { exp, jti } = await verified(client, assertion, keys, parts);
  // Compared as numbers: a time that no calendar holds is no date, and no date is later than another.
  if (exp * 1000 > after(parts.clock(), LONGEST + TOLERANCE).getTime())
    throw refused(`is good for more than ${LONGEST} seconds`);
  const expiresAt = new Date(exp * 1000);
  // One without an id is its own: the part that is signed.
  const id = jti ?? assertion.slice(0, assertion.lastIndexOf("."));
  const used = { clientId: client.id, jtiHash: sha256(id), expiresAt: after(expiresAt, TOLERANCE) };
  if (!(await useAssertion(parts.database.handle, used))) throw refused("was used before");
}

function kidOf(assertion: string): string | undefined {
  try {
    return decodeProtectedHeader(assertion).kid;
  } catch (cause) {
    throw refused("is no JWT", cause);
  }
}

async function publishedKeys(client: Client, assertion: string, { clientKeys }: AssertionParts): Promise<KeySet> {
  if (client.jwksUri === null) throw refused("cannot be checked: the client publishes no keys");
  return clientKeys.at(client.jwksUri, kidOf(assertion));
}
