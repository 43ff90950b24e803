import type { Database, Handle } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { isUuid } from "../kernel/ids.ts";
import type { PersonalData } from "../kernel/personal-data.ts";
import type { Channel } from "../kernel/principal.ts";
import type { Scope } from "../kernel/scopes.ts";
import { attemptView } from "./attempt-view.ts";
import { describeScopes } from "./consent.ts";
import { narrowedScopes, permissionsOf } from "./narrow.ts";
import { listCutOffs, listUserChannels } from "./records/admission.ts";
import type { ClientKind } from "./records/clients.ts";
import {
  findGrantOf,
  findLiveGrant,
  listAllGrants,
  listLiveGrants,
  narrowGrant,
  type NamedGrant,
  revokeAllByPerson,
  revokeByPerson,
} from "./records/grants.ts";
import { listAttempts } from "./records/link-attempts.ts";
import { findPauses } from "./records/paused-users.ts";
import { describeRedirect } from "./redirect-uri.ts";

/** A scope, and what it lets a client do. */
interface ScopeView {
  readonly name: Scope;
  readonly grants: string;
}

/** A linked account as its person sees it. Times are ISO 8601. */
export interface GrantView {
  readonly id: string;
  readonly clientId: string;
  readonly clientName: string;
  readonly clientKind: ClientKind;
  /** True when the name is more than the client's own word. */
  readonly clientVerified: boolean;
  readonly channel: Channel;
  readonly redirectHost: string;
  readonly scopes: readonly ScopeView[];
  /** What it may do, one by one: what can be taken back. */
  readonly permissions: readonly ScopeView[];
  readonly createdAt: string;
  /** Null until the first call. */
  readonly lastUsedAt: string | null;
}

/** A person's linked accounts. */
export interface Grants {
  /** The live ones, newest first. */
  list(userId: string): Promise<GrantView[]>;
  /** One of them, ended or not; null when the person never had one with this id. */
  find(userId: string, grantId: string): Promise<GrantView | null>;
  /**
   * Ends one: its next call and its next refresh are refused.
   * @param handle the transaction that the revocation commits with.
   * @returns false when the person has no live grant with this id.
   */
  revoke(handle: Handle, userId: string, grantId: string, now: Date): Promise<boolean>;
  /**
   * Ends all of them, and what was consented to and not fetched yet.
   * @param handle the transaction that the revocation commits with.
   * @returns how many there were.
   */
  revokeAll(handle: Handle, userId: string, now: Date): Promise<number>;
  /**
   * Takes back what is not kept; its next call has no more than that.
   * @param kept permissions by name.
   * @returns the scopes that are left, or null when the person has no live grant with this id.
   * @throws AppError `invalid_input` when nothing would be left or something be gained; `conflict` when it was narrowed meanwhile.
   */
  narrow(
    handle: Handle,
    userId: string,
    grantId: string,
    kept: readonly string[],
    now: Date,
  ): Promise<readonly Scope[] | null>;
}

export const grantView = (grant: NamedGrant): GrantView => ({
  id: grant.id,
  clientId: grant.clientId,
  clientName: grant.clientName,
  clientKind: grant.clientKind,
  clientVerified: grant.clientVerified,
  channel: grant.channel,
  redirectHost: describeRedirect(grant.redirectUri).host,
  scopes: describeScopes(grant.scopes),
  permissions: describeScopes(permissionsOf(grant.scopes)),
  createdAt: grant.createdAt.toISOString(),
  lastUsedAt: grant.firstCalledAt === null ? null : grant.lastUsedAt.toISOString(),
});

const narrow: Grants["narrow"] = async (handle, userId, grantId, kept, now) => {
  const grant = isUuid(grantId) ? await findLiveGrant(handle, grantId, now) : null;
  if (grant === null || grant.userId !== userId) return null;
  const scopes = narrowedScopes(grant.scopes, kept);
  if (await narrowGrant(handle, grant, grant.scopes, scopes)) return scopes;
  throw new AppError("conflict", "The link was changed meanwhile.", {
    next: "Look at what it may do now, and decide again.",
  });
};

export const createGrants = (database: Database, clock: Clock): Grants => ({
  list: async (userId) => (await listLiveGrants(database.handle, userId, clock())).map(grantView),
  async find(userId, grantId) {
    const grant = isUuid(grantId) ? await findGrantOf(database.handle, userId, grantId) : null;
    return grant && grantView(grant);
  },
  revokeAll: revokeAllByPerson,
  revoke: async (handle, userId, grantId, now) => isUuid(grantId) && revokeByPerson(handle, userId, grantId, now),
  narrow,
});

/** What this room keeps of a person; its rows go with the user's own. */
export const linksData: PersonalData<Handle> = {
  name: "linkedAccounts",
  exportOf: async (handle, userId) =>
    (await listAllGrants(handle, userId)).map((grant) => ({
      ...grantView(grant),
      scopes: [...grant.scopes],
      permissions: [...permissionsOf(grant.scopes)],
      revokedAt: grant.revokedAt?.toISOString() ?? null,
    })),
};

/** Attempts of one person that are kept, and a few more. */
const ALL_ATTEMPTS = 200;

/** The timelines of a person's linking; these rows go with the user's own, too. */
export const attemptsData: PersonalData<Handle> = {
  name: "linkAttempts",
  exportOf: async (handle, userId) => (await listAttempts(handle, { userId, limit: ALL_ATTEMPTS })).map(attemptView),
};

/** What was set for a person's account. */
export const admissionData: PersonalData<Handle> = {
  name: "channels",
  async exportOf(handle, userId) {
    const pauses = await findPauses(handle, userId);
    return {
      cutOffAt: (await listCutOffs(handle, [userId])).get(userId)?.toISOString() ?? null,
      pausedAt: pauses.person?.toISOString() ?? null,
      pausedByOperatorAt: pauses.operator?.toISOString() ?? null,
      set: (await listUserChannels(handle, [userId])).map(({ channel, enabled }) => ({ channel, enabled })),
    };
  },
};
