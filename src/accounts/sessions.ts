import type { Database, Handle } from "../database/handle.ts";
import { hostCookie } from "../http/cookies.ts";
import { type Clock, after } from "../kernel/clock.ts";
import { randomToken } from "../kernel/ids.ts";
import type { VerifiedIdentity } from "../kernel/ports/identity.ts";
import { sha256 } from "../kernel/seal.ts";
import {
  deleteEndedSessions,
  findSession,
  insertSession,
  lockSession,
  revokeSession,
  slideSession,
} from "./records/sessions.ts";
import { holdUser } from "./records/subscriptions.ts";
import { signInUser } from "./records/users.ts";

interface SessionParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly baseUrl: string;
  /** What else is kept of a sign-in, in its transaction: the provider's tokens. */
  keep(handle: Handle, userId: string, provider: string, identity: VerifiedIdentity): Promise<void>;
}

/** A session that just began. */
interface Started {
  readonly userId: string;
  /** `Set-Cookie`. */
  readonly cookie: string;
}

/** Browser sessions: who is at the other end of a cookie. */
export interface Sessions {
  /** Signs an identity in: its user, made when new, and a session with a new id, in one transaction. */
  start(request: Request, provider: string, identity: VerifiedIdentity): Promise<Started>;
  /** The user whose browser sent the request, or null. Changes nothing. */
  userOf(request: Request): Promise<string | null>;
  /** The same, with the time of the sign-in that began the session: sliding does not renew it. */
  signInOf(request: Request): Promise<{ readonly userId: string; readonly createdAt: Date } | null>;
  /**
   * Whether the request's session is the user's and lives, and then keeps it from ending before the transaction does: what is
   * made in a session is made before it ends, or not at all.
   */
  hold(handle: Handle, request: Request, userId: string): Promise<boolean>;
  /** Names the session whose cookie the request carries: the hash of its id, base64url. Opens nothing. */
  refOf(request: Request): string | null;
  /** Prolongs the session when it was not seen for an hour. Returns the `Set-Cookie` that tells the browser, or null. */
  slide(request: Request): Promise<string | null>;
  /** The `Set-Cookie` that clears the cookie. */
  clear(): string;
  /** Signs out. Returns the `Set-Cookie` that clears the cookie. */
  end(request: Request): Promise<string>;
}

const HOUR = 60 * 60;
const LIFETIME = 30 * 24 * HOUR;

/**
 * Sessions of 30 days without use. The cookie is 32 random bytes, never taken over from a request (no fixation), and
 * the former session of the same browser ends when a new one starts.
 */
export function createSessions({ database, clock, baseUrl, keep }: SessionParts): Sessions {
  const cookie = hostCookie("bellhop-session", baseUrl);
  const idOf = (request: Request): { value: string; hash: Buffer } | null => {
    const value = cookie.read(request);
    return value === null ? null : { value, hash: sha256(value) };
  };
  const signInOf: Sessions["signInOf"] = async (request) => {
    const id = idOf(request);
    return id === null ? null : findSession(database.handle, id.hash, clock());
  };
  return {
    async start(request, provider, identity) {
      const now = clock();
      const [former, value, expiresAt] = [idOf(request), randomToken(), after(now, LIFETIME)];
      const userId = await database.transaction(async (handle) => {
        const user = await signInUser(handle, identity, now);
        await keep(handle, user, provider, identity);
        if (former) await revokeSession(handle, former.hash, now);
        await deleteEndedSessions(handle, now);
        await insertSession(handle, { idHash: sha256(value), userId: user, now, expiresAt });
        return user;
      });
      return { userId, cookie: cookie.set(value, LIFETIME) };
    },
    signInOf,
    userOf: async (request) => (await signInOf(request))?.userId ?? null,
    async hold(handle, request, userId) {
      const id = idOf(request);
      // The person's row first, as who removes an identity or erases the person takes it.
      return id !== null && (await holdUser(handle, userId)) && lockSession(handle, id.hash, userId, clock());
    },
    refOf: (request) => idOf(request)?.hash.toString("base64url") ?? null,
    async slide(request) {
      const id = idOf(request);
      if (id === null) return null;
      const now = clock();
      const times = { now, seenBefore: after(now, -HOUR), expiresAt: after(now, LIFETIME) };
      return (await slideSession(database.handle, id.hash, times)) ? cookie.set(id.value, LIFETIME) : null;
    },
    clear: () => cookie.clear(),
    async end(request) {
      const id = idOf(request);
      if (id) await revokeSession(database.handle, id.hash, clock());
      return cookie.clear();
    },
  };
}
