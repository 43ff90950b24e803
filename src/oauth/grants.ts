import type { Database, Handle } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import { isUuid } from "../kernel/ids.ts";
import type { PersonalData } from "../kernel/personal-data.ts";
import type { Channel } from "../kernel/principal.ts";
import type { Scope } from "../kernel/scopes.ts";
import { describeScopes } from "./consent.ts";
import { listAllGrants, listLiveGrants, type NamedGrant, revokeByPerson } from "./records/grants.ts";
import { describeRedirect } from "./redirect-uri.ts";

/** A linked account as its person sees it. Times are ISO 8601. */
export interface GrantView {
  readonly id: string;
  readonly clientId: string;
  readonly clientName: string;
  readonly channel: Channel;
  readonly redirectHost: string;
  readonly scopes: readonly { readonly name: Scope; readonly grants: string }[];
  readonly createdAt: string;
  readonly lastUsedAt: string;
}

/** A person's linked accounts. */
export interface Grants {
  /** The live ones, newest first. */
  list(userId: string): Promise<GrantView[]>;
  /**
   * Ends one: its next call and its next refresh are refused.
   * @param handle the transaction that the revocation commits with.
   * @returns false when the person has no live grant with this id.
   */
  revoke(handle: Handle, userId: string, grantId: string, now: Date): Promise<boolean>;
}

const view = (grant: NamedGrant): GrantView => ({
  id: grant.id,
  clientId: grant.clientId,
  clientName: grant.clientName,
  channel: grant.channel,
  redirectHost: describeRedirect(grant.redirectUri).host,
  scopes: describeScopes(grant.scopes),
  createdAt: grant.createdAt.toISOString(),
  lastUsedAt: grant.lastUsedAt.toISOString(),
});

export const createGrants = (database: Database, clock: Clock): Grants => ({
  list: async (userId) => (await listLiveGrants(database.handle, userId, clock())).map(view),
  revoke: async (handle, userId, grantId, now) => isUuid(grantId) && revokeByPerson(handle, userId, grantId, now),
});

/** What this room keeps of a person; its rows go with the user's own. */
export const linksData: PersonalData<Handle> = {
  name: "linkedAccounts",
  exportOf: async (handle, userId) =>
    (await listAllGrants(handle, userId)).map((grant) => ({
      ...view(grant),
      scopes: [...grant.scopes],
      revokedAt: grant.revokedAt?.toISOString() ?? null,
    })),
};
