import type { ErasingCall } from "../../kernel/personal-data.ts";
import { defineToolset, type Toolset } from "../../kernel/tool.ts";
import { addNoticeBrowser } from "./add-notice-browser.ts";
import { addPasskey } from "./add-passkey.ts";
import { addRecipient } from "./add-recipient.ts";
import { deleteAccount } from "./delete-account.ts";
import { narrowLink } from "./narrow-link.ts";
import { boundNotices, type NoticeParts } from "./notices.ts";
import { boundPasskeys, type PasskeyParts } from "./passkeys.ts";
import { pauseEverything } from "./pause-everything.ts";
import type { AlsoEnded } from "./people.ts";
import { removeIdentity } from "./remove-identity.ts";
import { removeNoticeBrowser } from "./remove-notice-browser.ts";
import { removePasskey } from "./remove-passkey.ts";
import { removeRecipient } from "./remove-recipient.ts";
import { renamePasskey } from "./rename-passkey.ts";
import { resumeEverything } from "./resume-everything.ts";
import { revokeGrant } from "./revoke-grant.ts";
import { setNotices } from "./set-notices.ts";
import { setRecipientsOnly } from "./set-recipients-only.ts";
import { setSpendCaps } from "./set-spend-caps.ts";
import { signOutEverywhere } from "./sign-out-everywhere.ts";
import { type SpendingParts, boundSpending } from "./spending.ts";
import { updateProfile } from "./update-profile.ts";

/** What the account's actions need of the rooms that own its tables. Each uses only the handle that it is given. */
export interface AccountParts<Handle> extends SpendingParts<Handle> {
  readonly grants: {
    /** Ends a live grant of this user's; false when there is none with this id. */
    revoke(handle: Handle, userId: string, grantId: string, now: Date): Promise<boolean>;
    /** Leaves a live grant of this user's only these permissions; null when there is none with this id. */
    narrow(
      handle: Handle,
      userId: string,
      grantId: string,
      kept: readonly string[],
      now: Date,
    ): Promise<readonly string[] | null>;
  };
  readonly people: {
    labelOf(handle: Handle, userId: string): Promise<string | null>;
    setDisplayName(handle: Handle, userId: string, displayName: string | null): Promise<void>;
    /** Removes a way to sign in, and ends every browser session but the one named. */
    removeIdentity(
      handle: Handle,
      userId: string,
      id: string,
      now: Date,
      sessionRef?: string,
    ): Promise<"removed" | "last" | "unknown">;
    /** Ends every session; with `links` every link as well. Answers how many links ended. */
    signOutEverywhere(handle: Handle, userId: string, also: AlsoEnded, now: Date): Promise<number>;
    /** Erases all that any room keeps of the person, but the receipt of the call that does it. */
    erase(handle: Handle, userId: string, call: ErasingCall): Promise<void>;
  };
  readonly passkeys: PasskeyParts<Handle>;
  readonly notices: NoticeParts<Handle>;
}

const pausing = [pauseEverything, resumeEverything];
const spends = [setSpendCaps, setRecipientsOnly, addRecipient, removeRecipient];
const passkeyTools = [addPasskey, renamePasskey, removePasskey];
const noticeTools = [setNotices, addNoticeBrowser, removeNoticeBrowser];

/** What a person does with their own account. */
export const accountToolset = <Handle>({
  grants,
  people,
  pause,
  spending,
  passkeys,
  notices,
}: AccountParts<Handle>): Toolset<Handle> =>
  defineToolset({
    name: "account",
    title: "Account",
    tools: [
      revokeGrant,
      narrowLink,
      updateProfile,
      removeIdentity,
      signOutEverywhere,
      deleteAccount,
      ...pausing,
      ...spends,
      ...passkeyTools,
      ...noticeTools,
    ],
    ports: (handle: Handle) => ({
      links: {
        revoke: (userId: string, grantId: string, now: Date) => grants.revoke(handle, userId, grantId, now),
        narrow: (userId: string, grantId: string, kept: readonly string[], now: Date) =>
          grants.narrow(handle, userId, grantId, kept, now),
      },
      people: {
        labelOf: (userId: string) => people.labelOf(handle, userId),
        setDisplayName: (userId: string, name: string | null) => people.setDisplayName(handle, userId, name),
        removeIdentity: (userId: string, id: string, now: Date, sessionRef?: string) =>
          people.removeIdentity(handle, userId, id, now, sessionRef),
        signOutEverywhere: (userId: string, also: AlsoEnded, now: Date) =>
          people.signOutEverywhere(handle, userId, also, now),
        erase: (userId: string, call: ErasingCall) => people.erase(handle, userId, call),
      },
      ...boundSpending(handle, { pause, spending }),
      passkeys: boundPasskeys(passkeys, handle),
      notices: boundNotices(notices, handle),
    }),
  });
