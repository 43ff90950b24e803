import { type Clock, after } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { ProvenBy } from "../kernel/principal.ts";
import type { Passkeys } from "./passkeys.ts";
import type { Sessions } from "./sessions.ts";

interface PresenceParts {
  readonly clock: Clock;
  readonly sessions: Pick<Sessions, "signInOf">;
  readonly passkeys: Pick<Passkeys, "list" | "verifyDecision">;
}

/** What the person is to be there for. */
export interface PresenceQuestion {
  /** What the person decides on: of an approval its digest. An answer of a passkey is good for this alone. */
  readonly digest: string;
  /** What the person's passkey answered, as the browser gives it; absent where none was asked. */
  readonly passkey?: unknown;
}

/** How it was proven that the person is there now. */
export interface Presence {
  readonly how: ProvenBy;
}

/** Proves that the person, and not only their browser, is there. */
export interface PresenceChecks {
  /**
   * By a passkey's answer where one is given, else by a sign-in in this very browser not long ago.
   * @returns null where there is neither.
   * @throws AppError `authentication_required`; `passkey_refused`, `invalid_request` for a passkey's answer that is not good.
   */
  presence(request: Request, question: PresenceQuestion): Promise<Presence | null>;
  /**
   * The same where nothing else will do.
   * @throws AppError as {@link presence}; `fresh_sign_in_required`, whose `details.ways` lists what would do (`sign_in`,
   * `passkey`), and `details.digest` what a passkey has to answer.
   */
  requirePresence(request: Request, question: PresenceQuestion): Promise<Presence>;
  /**
   * By a sign-in alone.
   * @returns the person's id. @throws AppError `authentication_required`, `fresh_sign_in_required`.
   */
  signedInNow(request: Request): Promise<string>;
}

/** How long a sign-in counts as one of now. Using the session does not prolong it; signing in again does. */
export const FRESH_SECONDS = 5 * 60;

/** Builds the checks. A session begins with a sign-in and with nothing else, so its age is the sign-in's. */
export function createPresenceChecks({ clock, sessions, passkeys }: PresenceParts): PresenceChecks {
  const signInOf = async (request: Request) => {
    const signIn = await sessions.signInOf(request);
    if (signIn === null) throw new AppError("authentication_required", "You are not signed in.");
    return signIn;
  };
  const isFresh = (signedInAt: Date): boolean => clock() < after(signedInAt, FRESH_SECONDS);
  const required = (ways: readonly ProvenBy[], about: { readonly digest?: string } = {}): AppError =>
    new AppError("fresh_sign_in_required", "This needs a sign-in of the last five minutes.", {
      details: { ways, ...about },
      next: ways.includes("passkey") ? "Use your passkey, or sign in again." : "Sign in again, and do it then.",
    });
  const presence: PresenceChecks["presence"] = async (request, { digest, passkey }) => {
    const { userId, createdAt } = await signInOf(request);
    if (passkey !== undefined) {
      await passkeys.verifyDecision(userId, digest, passkey);
      return { how: "passkey" };
    }
    return isFresh(createdAt) ? { how: "sign_in" } : null;
  };

  return {
    presence,
    async requirePresence(request, question) {
      const proven = await presence(request, question);
      if (proven !== null) return proven;
      const { userId } = await signInOf(request);
      const has = (await passkeys.list(userId)).length > 0;
      throw required(has ? ["passkey", "sign_in"] : ["sign_in"], { digest: question.digest });
    },
    async signedInNow(request) {
      const { userId, createdAt } = await signInOf(request);
      if (isFresh(createdAt)) return userId;
      throw required(["sign_in"]);
    },
  };
}
