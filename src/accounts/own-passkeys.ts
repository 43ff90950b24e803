import * as z from "zod";
import type { Database, Handle } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { PersonalData } from "../kernel/personal-data.ts";
import { type Sealer, createSealer } from "../kernel/seal.ts";
import { createPresenceChecks, type PresenceChecks } from "./presence.ts";
import { createPasskeys, type Passkeys } from "./passkeys.ts";
import {
  type PasskeyCredential,
  deletePasskey,
  insertPasskey,
  listPasskeys,
  renamePasskey,
} from "./records/passkeys.ts";
import type { User } from "./records/users.ts";
import type { Sessions } from "./sessions.ts";

interface OwnPasskeyParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly baseUrl: string;
  readonly masterSecret: string;
  readonly sessions: Sessions;
  user(userId: string): Promise<User | null>;
}

/** What a person's own page does with passkeys. What changes them goes through the registry: {@link passkeyActions}. */
export interface OwnPasskeys extends Pick<Passkeys, "list" | "decision"> {
  /**
   * What a browser makes a passkey with, for a person who has just signed in or used a passkey: whoever holds a stolen
   * cookie alone gets no challenge, and so can add nothing.
   * @param passkey the answer of a passkey to the question {@link ADDING}, where there is one.
   * @throws AppError as {@link PresenceChecks.requirePresence}.
   */
  registration(request: Request, passkey?: unknown): ReturnType<Passkeys["registration"]>;
  /**
   * Verifies a new passkey.
   * @returns the credential, sealed for its person: what the action `add_passkey` takes, and nobody else can make.
   * @throws AppError `authentication_required`, `passkey_refused`, `invalid_request`.
   */
  verified(request: Request, answer: unknown): Promise<string>;
}

/** What stands for adding a passkey where a digest is asked for; an approval's digest has no colon. */
export const ADDING = "passkeys:add";

const sealedCredential = z.object({
  credentialId: z.string(),
  publicKey: z.base64url(),
  counter: z.number(),
  transports: z.array(z.string()),
  backedUp: z.boolean(),
});

const credentialSealer = (masterSecret: string): Sealer => createSealer(masterSecret, "accounts/new-passkey");

function sealed(sealer: Sealer, userId: string, { publicKey, ...rest }: PasskeyCredential): string {
  const plain = { ...rest, publicKey: Buffer.from(publicKey).toString("base64url") };
  return sealer.seal(JSON.stringify(plain), userId).toString("base64url");
}

/** Builds what the pages need, with the checks of presence that a decision needs too. */
export function createOwnPasskeys(parts: OwnPasskeyParts): OwnPasskeys & PresenceChecks {
  const { sessions } = parts;
  const passkeys = createPasskeys(parts);
  const presenceChecks = createPresenceChecks({ ...parts, passkeys });
  const sealer = credentialSealer(parts.masterSecret);

  async function signedIn(request: Request): Promise<{ readonly user: User; readonly sessionRef: string }> {
    const userId = await sessions.userOf(request);
    const user = userId === null ? null : await parts.user(userId);
    const sessionRef = sessions.refOf(request);
    if (user && sessionRef !== null) return { user, sessionRef };
    throw new AppError("authentication_required", "You are not signed in.");
  }

  return {
    ...presenceChecks,
    list: passkeys.list,
    decision: passkeys.decision,
    async registration(request, passkey) {
      const { user, sessionRef } = await signedIn(request);
      await presenceChecks.requirePresence(request, { digest: ADDING, passkey });
      return passkeys.registration(user, sessionRef);
    },
    async verified(request, answer) {
      const { user, sessionRef } = await signedIn(request);
      return sealed(sealer, user.id, await passkeys.verifyRegistration(user.id, sessionRef, answer));
    },
  };
}

/** What the registry's actions do to a person's passkeys, each by the handle of its call alone. */
export function passkeyActions(masterSecret: string) {
  const sealer = credentialSealer(masterSecret);
  const opened = (userId: string, credential: string): PasskeyCredential => {
    try {
      const plain = sealedCredential.parse(JSON.parse(sealer.open(Buffer.from(credential, "base64url"), userId)));
      return { ...plain, publicKey: Buffer.from(plain.publicKey, "base64url") };
    } catch (cause) {
      throw new AppError("passkey_refused", "No passkey of yours was verified.", { cause });
    }
  };
  return {
    /** @throws AppError `passkey_refused` for a credential that this server did not verify for this person. */
    add: (handle: Handle, userId: string, given: { credential: string; label: string }, now: Date) =>
      insertPasskey(handle, userId, { ...opened(userId, given.credential), label: given.label }, now),
    rename: renamePasskey,
    remove: deletePasskey,
  };
}

/** What the room keeps of a person's passkeys; the keys themselves are of use to nobody. */
export const passkeysData: PersonalData<Handle> = {
  name: "passkeys",
  exportOf: async (handle, userId) =>
    (await listPasskeys(handle, userId)).map(({ label, createdAt, lastUsedAt }) => ({
      label,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
    })),
};
