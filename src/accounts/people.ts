import type { Handle } from "../database/handle.ts";
import type { PersonalData } from "../kernel/personal-data.ts";
import { listSessions, revokeSessionsOf } from "./records/sessions.ts";
import { listTokens } from "./records/upstream-tokens.ts";
import { deleteUser, findUser, removeIdentity, setDisplayName } from "./records/users.ts";

/** What a signed-in person may change of their own account. Each uses only the handle that it is given. */
export const people = {
  /** The label by which a person confirms that they mean this account; null when there is no such user. */
  labelOf: async (handle: Handle, userId: string): Promise<string | null> =>
    (await findUser(handle, userId))?.label ?? null,
  setDisplayName,
  /**
   * Removes a way to sign in, and ends the user's other browser sessions with it: whoever came in that way is out.
   * @param sessionRef the session that stays, as {@link Sessions.refOf} names it.
   */
  async removeIdentity(handle: Handle, userId: string, id: string, now: Date, sessionRef?: string) {
    const outcome = await removeIdentity(handle, userId, id);
    const kept = sessionRef === undefined ? undefined : Buffer.from(sessionRef, "base64url");
    if (outcome === "removed") await revokeSessionsOf(handle, userId, now, kept);
    return outcome;
  },
  /** Ends every browser session of the user. */
  signOutEverywhere: (handle: Handle, userId: string, now: Date) => revokeSessionsOf(handle, userId, now),
} as const;

/** What this room keeps of a person. Erased last: rows of other rooms may reference the user. */
export const accountData: PersonalData<Handle> = {
  name: "account",
  async exportOf(handle, userId) {
    const user = await findUser(handle, userId);
    const sessions = await listSessions(handle, userId);
    const tokens = await listTokens(handle, userId);
    if (!user) return null;
    return {
      id: user.id,
      displayName: user.displayName,
      createdAt: user.createdAt.toISOString(),
      roles: user.roles,
      identities: user.identities.map(({ issuer, label, createdAt }) => ({
        issuer,
        label,
        createdAt: createdAt.toISOString(),
      })),
      // That a provider's tokens are kept, and until when: the tokens themselves leave this server for nobody.
      providerTokens: tokens.map(({ provider, expiresAt, renewable }) => ({
        provider,
        expiresAt: expiresAt.toISOString(),
        renewable,
      })),
      browserSessions: sessions.map(({ createdAt, lastSeenAt }) => ({
        createdAt: createdAt.toISOString(),
        lastSeenAt: lastSeenAt.toISOString(),
      })),
    };
  },
  erase: deleteUser,
};
