import { createSecretKey, type KeyObject } from "node:crypto";
import { jwtVerify, SignJWT, type JWTPayload } from "jose";
import * as z from "zod";
import type { Database, Handle } from "../database/handle.ts";
import { after, type Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { isUuid, uuidv7 } from "../kernel/ids.ts";
import type { Scope } from "../kernel/scopes.ts";
import { kidOf, nullWhenRefused } from "./jwt.ts";
import {
  endServiceSession,
  endServiceSessionsOf,
  findServiceSession,
  insertServiceSession,
  renewServiceSession,
  type ServiceSession,
} from "./records/service-sessions.ts";
import type { ServiceChannel } from "./service-channel.ts";
import { ALGORITHM, type SigningKeys } from "./signing-keys.ts";

/** Seconds that a service token lives. */
export const SERVICE_TOKEN_SECONDS = 900;

/** A token, and the session whose end is its end. */
export interface ServiceToken {
  readonly token: string;
  readonly sessionId: string;
  readonly expiresAt: Date;
}

/** Makes and reads the tokens of our own surfaces. They are made in process alone; no address of this server hands them out. */
export interface ServiceTokens {
  /** `iss` of these tokens: how they are told from access tokens. */
  readonly issuer: string;
  /** Begins a session. The caller has proven by other means who the person is. */
  open(session: {
    readonly userId: string;
    readonly channel: ServiceChannel;
    readonly scopes: readonly Scope[];
  }): Promise<ServiceToken>;
  /** The next token of a session. @throws AppError `not_found` when it has ended. */
  renew(sessionId: string): Promise<ServiceToken>;
  /** Ends a session: its very next call is refused. @returns false when it had ended before. */
  end(sessionId: string): Promise<boolean>;
  /** Ends all sessions of a person, in the transaction of the handle. */
  endAll(handle: Handle, userId: string, now: Date): Promise<void>;
  /** A session that has not ended, or null. */
  live(sessionId: string): Promise<ServiceSession | null>;
  /** The live session behind a token; null for whatever is no service token of ours, in its time, of a live session. */
  read(token: string): Promise<ServiceSession | null>;
}

interface ServiceTokenParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly keys: SigningKeys;
  readonly baseUrl: string;
  /** Shared with surfaces that are processes of their own and check tokens too; absent means our signing key. */
  readonly secret: string | undefined;
}

/** Says what it is, so that no token of another kind passes for one (RFC 8725 §3.11). */
const TYPE = "mcp+jwt";

const claimsSchema = z.object({ sub: z.string().refine(isUuid), sid: z.string().refine(isUuid), jti: z.string() });

/** One algorithm, by configuration, and its keys: a token never chooses (RFC 8725 §3.1). */
interface Signature {
  readonly algorithm: string;
  signing(): Promise<{ readonly kid?: string; readonly key: KeyObject }>;
  verifying(token: string): Promise<KeyObject | null>;
}

const bySecret = (secret: string): Signature => {
  const key = createSecretKey(Buffer.from(secret, "utf8"));
  return { algorithm: "HS256", signing: async () => ({ key }), verifying: async () => key };
};

const byKeys = (keys: SigningKeys): Signature => ({
  algorithm: ALGORITHM,
  async signing() {
    const { kid, privateKey } = await keys.active();
    return { kid, key: privateKey };
  },
  async verifying(token) {
    const kid = kidOf(token);
    return kid === null ? null : keys.find(kid);
  },
});

/**
 * The tokens of our own surfaces, as the first stack's MCP JWTs: `iss` and `aud` are the MCP address, the algorithm is
 * the configured one. Unlike those they are bound to a session, which is looked up on each call.
 */
export function createServiceTokens(parts: ServiceTokenParts): ServiceTokens {
  const { clock } = parts;
  const { handle } = parts.database;
  const issuer = `${parts.baseUrl}/mcp`;
  const signature = parts.secret === undefined ? byKeys(parts.keys) : bySecret(parts.secret);

  async function write(session: ServiceSession): Promise<ServiceToken> {
    const now = clock();
    const expiresAt = after(now, SERVICE_TOKEN_SECONDS);
    const { key, ...named } = await signature.signing();
    const claims = { sid: session.id, scope: session.scopes.join(" "), channel: session.channel };
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: signature.algorithm, typ: TYPE, ...named })
      .setIssuer(issuer)
      .setSubject(session.userId)
      .setAudience(issuer)
      .setIssuedAt(now)
      .setExpirationTime(expiresAt)
      .setJti(uuidv7(now))
      .sign(key);
    return { token, sessionId: session.id, expiresAt };
  }

  async function verify(token: string): Promise<JWTPayload | null> {
    const key = await signature.verifying(token);
    if (key === null) return null;
    const expected = { algorithms: [signature.algorithm], typ: TYPE, issuer, audience: issuer, currentDate: clock() };
    return jwtVerify(token, key, { ...expected, requiredClaims: ["exp"] }).then(
      ({ payload }) => payload,
      nullWhenRefused,
    );
  }

  return {
    issuer,
    async open({ userId, channel, scopes }) {
      const now = clock();
      const session = { id: uuidv7(now), userId, channel, scopes, createdAt: now, renewedAt: now };
      await insertServiceSession(handle, session);
      return write(session);
    },
    async renew(sessionId) {
      const session = isUuid(sessionId) ? await renewServiceSession(handle, sessionId, clock()) : null;
      if (session) return write(session);
      throw new AppError("not_found", "This session has ended.", { next: "Begin a new one." });
    },
    end: async (sessionId) => isUuid(sessionId) && endServiceSession(handle, sessionId, clock()),
    endAll: endServiceSessionsOf,
    live: (sessionId) => findServiceSession(handle, sessionId, clock()),
    async read(token) {
      const claims = claimsSchema.safeParse(await verify(token)).data;
      const session = claims ? await findServiceSession(handle, claims.sid, clock()) : null;
      return session?.userId === claims?.sub ? session : null;
    },
  };
}
