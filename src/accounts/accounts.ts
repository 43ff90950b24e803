import { createKnownBrowsers } from "./known-browsers.ts";
import type { Database, Handle } from "../database/handle.ts";
import type { RequestContext, Routes } from "../http/router.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { HumanCheck } from "../kernel/ports/human-check.ts";
import type { IdentityProvider, VerifiedIdentity } from "../kernel/ports/identity.ts";
import type { LimitsPort } from "../kernel/ports/limits.ts";
import type { MailPort } from "../kernel/ports/mail.ts";
import type { PushPort } from "../kernel/ports/notify.ts";
import type { RolesOf } from "../kernel/roles.ts";
import { withCountedCodes } from "./counted-codes.ts";
import { createDepartures } from "./departures.ts";
import { createEmailIdentity } from "./email-identity.ts";
import { createNotices, type Notices } from "./notices.ts";
import { createOwnPasskeys, type OwnPasskeys } from "./own-passkeys.ts";
import type { PresenceChecks } from "./presence.ts";
import { deleteOldDepartures } from "./records/departures.ts";
import { deleteExpiredChallenges } from "./records/passkey-challenges.ts";
import { rolesOf } from "./records/roles.ts";
import { deleteEndedSessions } from "./records/sessions.ts";
import { deleteExpiredCodes } from "./records/sign-in-codes.ts";
import { deleteEndedTokens, wantedProviders } from "./records/upstream-tokens.ts";
import { type User, type UserIdentity, addIdentity, findUser, holdsIdentity, signInUser } from "./records/users.ts";
import { accountRoutes } from "./routes.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import type { TellLater } from "./telling-later.ts";
import { type Vault, createVault } from "./vault.ts";

/** What accounts are built from. */
export interface AccountsParts {
  readonly database: Database;
  readonly clock: Clock;
  /** The configured origin, without a trailing slash. */
  readonly baseUrl: string;
  readonly mail: MailPort;
  readonly push: PushPort;
  readonly limits: LimitsPort;
  /** Ways in beside codes by mail, such as Privy. */
  readonly providers: readonly IdentityProvider[];
  /** Whether codes of our own are sent by mail; true where nothing is said. */
  readonly emailSignIn?: boolean;
  /** Milliseconds that a person waits for a provider at most, where the usual is too long. */
  readonly patienceMs?: number | undefined;
  /** Tells people from programs before a code is sent; undefined where that is not checked. */
  readonly humanCheck?: HumanCheck | undefined;
  /** True when mail stays on this machine, so that the page can say where the code is. */
  readonly localMailbox: boolean;
  readonly masterSecret: string;
  readonly tellLater: TellLater;
  /** Where a request came from, for the limits. */
  clientAddress(c: RequestContext): string;
  /** Told of each sign-in that was refused: it may be a step of linking. */
  readonly signInRefused?: (c: RequestContext, error: AppError) => void;
}

/** Who someone is: users, the identities that lead to them, and their browser sessions. */
export interface Accounts {
  readonly routes: Routes;
  /** The person whose browser sent the request, or null. */
  sessionUser(request: Request): Promise<{ readonly id: string; readonly label: string } | null>;
  /** Keeps the session of a request from ending before a transaction does. @returns false when it is not the user's, or has ended. */
  readonly holdSession: Sessions["hold"];
  /** Names the browser session that a request carries, without opening it. */
  sessionRef(request: Request): string | null;
  /**
   * Signs in by a provider's token, without a browser session; makes the user when the identity is new.
   * @param expectedSubject whose token it must be; when it is another's, nobody is made.
   * @throws AppError `invalid_token`; `not_found` when the provider is not set up; `unavailable`.
   */
  signInWithToken(
    provider: string,
    token: string,
    expectedSubject?: string,
  ): Promise<{ readonly userId: string; readonly subject: string }>;
  /** A live token of a provider for a person: for use in this process alone. */
  readonly upstreamToken: Vault["upstreamToken"];
  /** Proves that the person is there now, for a decision that needs more than a click. */
  readonly requirePresence: PresenceChecks["requirePresence"];
  /** The same where less may do: null where nothing proves it. */
  readonly presence: PresenceChecks["presence"];
  /** What a person's own page does with passkeys. */
  readonly passkeys: OwnPasskeys;
  /** How people are told of what waits for them. */
  readonly notices: Notices;
  /** A user with all identities, or null. */
  user(userId: string): Promise<User | null>;
  /** What a person may do beyond their own account; read anew each time. */
  readonly roles: RolesOf;
  /** The `Set-Cookie` of a browser whose session has ended. */
  signedOutCookie(): string;
  /** Deletes the sessions and codes whose time is over, so that no row stays for want of a next visitor. */
  sweep(): Promise<void>;
}

async function sweep(handle: Handle, now: Date): Promise<void> {
  await deleteEndedSessions(handle, now);
  await deleteExpiredCodes(handle, now);
  await deleteOldDepartures(handle, now);
  await deleteEndedTokens(handle, now);
  await deleteExpiredChallenges(handle, now);
}

interface TokenSignIn {
  readonly providerId: string;
  readonly token: string;
  readonly expectedSubject: string | undefined;
}

async function signInWithToken({ database, clock, providers }: AccountsParts, vault: Vault, given: TokenSignIn) {
  const provider = providers.find(({ id }) => id === given.providerId);
  if (!provider) throw new AppError("not_found", "This server is not set up for that way to sign in.");
  const identity = await provider.verify({ token: given.token }, clock());
  if (given.expectedSubject !== undefined && identity.subject !== given.expectedSubject) {
    throw new AppError("invalid_token", "The token is not of the person that it was sent for.");
  }
  const userId = await database.transaction(async (handle) => {
    const id = await signInUser(handle, identity, clock());
    await vault.save(handle, id, provider.id, identity);
    return id;
  });
  return { userId, subject: identity.subject };
}

const ADD_AGAIN = { next: "Add it again if you still want it." };

/** Adds an identity to a person. One that is held already is renewed; a new one is a new way in, so the person has to be there. */
const addingIdentity =
  ({ database, clock, tellLater }: AccountsParts, vault: Vault, signedInNow: (request: Request) => Promise<unknown>) =>
  async (request: Request, userId: string, provider: string, identity: VerifiedIdentity): Promise<UserIdentity> => {
    const held = await holdsIdentity(database.handle, userId, identity);
    if (!held) await signedInNow(request);
    const added = await database.transaction(async (handle) => {
      const mine = await addIdentity(handle, userId, identity, clock());
      if (!mine) return null;
      await vault.save(handle, userId, provider, identity);
      if (!mine.isNew) return mine.identity;
      if (held) throw new AppError("conflict", "This way to sign in was removed at the same moment.", ADD_AGAIN);
      await tellLater(handle, { kind: "identity_added", userId, ref: mine.identity.id });
      return mine.identity;
    });
    if (added) return added;
    throw new AppError("identity_taken", "This identity already belongs to another account.");
  };

/** Builds the room. */
export function createAccounts(given: AccountsParts): Accounts {
  const parts = { ...given, providers: given.providers.map((provider) => withCountedCodes(provider, given)) };
  const { database, clock } = parts;
  const email = parts.emailSignIn === false ? null : createEmailIdentity(parts);
  const vault = createVault(parts);
  const departures = createDepartures(parts);
  const browsers = createKnownBrowsers(parts);
  const sessions = createSessions({ ...parts, keep: vault.save });
  const user = (userId: string): Promise<User | null> => findUser(database.handle, userId);
  const notices = createNotices(parts);
  const passkeys = createOwnPasskeys({ ...parts, sessions, user });

  return {
    routes: accountRoutes({
      ...parts,
      humanCheck: parts.humanCheck,
      email,
      sessions,
      browsers,
      departures,
      signedInNow: passkeys.signedInNow,
      user,
      addIdentity: addingIdentity(parts, vault, passkeys.signedInNow),
      wantedProviders: (userId) => wantedProviders(database.handle, userId, parts.providers),
    }),
    presence: passkeys.presence,
    requirePresence: passkeys.requirePresence,
    passkeys,
    notices,
    user,
    upstreamToken: vault.upstreamToken,
    roles: (userId) => rolesOf(database.handle, userId),
    signedOutCookie: sessions.clear,
    sessionRef: sessions.refOf,
    holdSession: sessions.hold,
    async sessionUser(request) {
      const userId = await sessions.userOf(request);
      return userId === null ? null : user(userId);
    },
    async sweep() {
      await sweep(database.handle, clock());
      await notices.sweep();
    },
    signInWithToken: (providerId, token, expectedSubject) =>
      signInWithToken(parts, vault, { providerId, token, expectedSubject }),
  };
}
