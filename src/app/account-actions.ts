import { noticeActions } from "../accounts/notices.ts";
import { passkeyActions } from "../accounts/own-passkeys.ts";
import { people } from "../accounts/people.ts";
import { securityTargets, type TellLater } from "../accounts/telling-later.ts";
import type { Handle } from "../database/handle.ts";
import type { PushPort } from "../kernel/ports/notify.ts";
import type { OperationsDataParts } from "../ledger/operations-data.ts";
import type { OAuth } from "../oauth/oauth.ts";
import type { AccountParts } from "../toolsets/account/toolset.ts";
import { erasePerson } from "./personal-data.ts";

interface ActionParts {
  readonly masterSecret: string;
  readonly oauth: Pick<OAuth, "serviceTokens" | "grants">;
  readonly effects: OperationsDataParts;
  /** Of push they only ask what a browser's address may be. */
  readonly requireUsable: PushPort["requireUsable"];
  readonly tellLater: TellLater;
}

type Actions = Pick<AccountParts<Handle>, "people" | "passkeys" | "notices">;

const peopleActions = ({ oauth, effects, tellLater }: ActionParts): Actions["people"] => ({
  ...people,
  async removeIdentity(handle, userId, id, ...rest) {
    // Before: the address that goes is told too.
    const told = await securityTargets(handle, userId, id);
    const outcome = await people.removeIdentity(handle, userId, id, ...rest);
    if (outcome === "removed") await tellLater(handle, { kind: "identity_removed", userId, ref: id, told });
    return outcome;
  },
  async signOutEverywhere(handle, userId, { links }, now) {
    await people.signOutEverywhere(handle, userId, now);
    await oauth.serviceTokens.endAll(handle, userId, now);
    return links ? oauth.grants.revokeAll(handle, userId, now) : 0;
  },
  erase: erasePerson(effects),
});

/**
 * What the registry's actions change of a person's account. What becomes or was a way in, or shows what waits for them, is told
 * to the person, by the transaction of the change.
 */
export function accountActions(parts: ActionParts): Actions {
  const { tellLater } = parts;
  const passkeys = passkeyActions(parts.masterSecret);
  const notices = noticeActions(parts.requireUsable);
  return {
    people: peopleActions(parts),
    passkeys: {
      ...passkeys,
      async add(handle, userId, ...rest) {
        const added = await passkeys.add(handle, userId, ...rest);
        if (typeof added === "object") await tellLater(handle, { kind: "passkey_added", userId, ref: added.id });
        return added;
      },
      async remove(handle, userId, id) {
        const removed = await passkeys.remove(handle, userId, id);
        if (removed) await tellLater(handle, { kind: "passkey_removed", userId, ref: id });
        return removed;
      },
    },
    notices: {
      ...notices,
      async addBrowser(handle, userId, ...rest) {
        const added = await notices.addBrowser(handle, userId, ...rest);
        if (added === "full") return added;
        if (added.isNew) await tellLater(handle, { kind: "browser_added", userId, ref: added.id });
        for (const { userId: former, id } of added.takenFrom)
          await tellLater(handle, { kind: "browser_removed", userId: former, ref: id });
        return added;
      },
      async removeBrowser(handle, userId, id, now) {
        const told = await securityTargets(handle, userId, id);
        const removed = await notices.removeBrowser(handle, userId, id, now);
        if (removed) await tellLater(handle, { kind: "browser_removed", userId, ref: id, told });
        return removed;
      },
    },
  };
}
