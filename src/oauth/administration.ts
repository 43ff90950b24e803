import type { Handle } from "../database/handle.ts";
import { isUuid } from "../kernel/ids.ts";
import { allChannels, type Channel } from "../kernel/principal.ts";
import type { Admission } from "./admission.ts";
import { attemptView, type AttemptView } from "./attempt-view.ts";
import { type GrantView, grantView } from "./grants.ts";
import {
  cutOffUser,
  listChannelSwitches,
  listCutOffs,
  listUserChannels,
  restoreUser,
  setUserChannel,
  switchChannel,
} from "./records/admission.ts";
import {
  type ClientQuery,
  countLinks,
  deleteClient,
  disableClient,
  type LinkQuery,
  type ListedClient,
  listClients,
  listLinks,
  revokeByAdmin,
} from "./records/administration.ts";
import { type AttemptQuery, listAttempts } from "./records/link-attempts.ts";
import { listOperatorPauses, pauseUser, resumeUser } from "./records/paused-users.ts";
import { describeRedirect } from "./redirect-uri.ts";

/** Somebody's link. */
export interface AdminLink extends GrantView {
  readonly userId: string;
}

/** A client, with the places that it answers to. Times are ISO 8601. */
export interface AdminClient extends Omit<ListedClient, "redirectUris" | "disabledAt" | "createdAt"> {
  readonly redirectHosts: readonly string[];
  readonly disabledAt: string | null;
  readonly createdAt: string;
}

/** What this room says of a person. */
export interface AdminAccount {
  readonly links: number;
  readonly cutOffAt: string | null;
  /** Since when an administrator has paused them. */
  readonly pausedAt: string | null;
  /** Channels that were set for this account. */
  readonly channels: readonly { readonly channel: Channel; readonly enabled: boolean }[];
}

/** A channel as it is for everyone. */
export interface AdminChannel {
  readonly channel: Channel;
  /** False when it is off for everyone. */
  readonly enabled: boolean;
  /** Whether an account has it without anything being set for it. */
  readonly offered: boolean;
}

/** Somebody's attempt to link. */
export type AdminAttempt = AttemptView & { readonly userId: string | null };

/** Channels that can be switched: all but the person's own browser. */
const switchable = allChannels.filter((channel) => channel !== "web");

const clientView = ({ redirectUris, disabledAt, createdAt, ...client }: ListedClient): AdminClient => ({
  ...client,
  redirectHosts: [...new Set(redirectUris.map((uri) => describeRedirect(uri).host))],
  disabledAt: disabledAt?.toISOString() ?? null,
  createdAt: createdAt.toISOString(),
});

const onlyUuid = (id: string | undefined): string | undefined => (id !== undefined && isUuid(id) ? id : undefined);

async function accounts(handle: Handle, userIds: readonly string[], now: Date): Promise<Map<string, AdminAccount>> {
  const [links, cutOffs, pauses, channels] = [
    await countLinks(handle, userIds, now),
    await listCutOffs(handle, userIds),
    await listOperatorPauses(handle, userIds),
    await listUserChannels(handle, userIds),
  ];
  return new Map(
    userIds.map((id) => [
      id,
      {
        links: links.get(id) ?? 0,
        cutOffAt: cutOffs.get(id)?.toISOString() ?? null,
        pausedAt: pauses.get(id)?.toISOString() ?? null,
        channels: channels
          .filter(({ userId }) => userId === id)
          .map(({ channel, enabled }) => ({ channel, enabled }))
          .toSorted((a, b) => (a.channel < b.channel ? -1 : 1)),
      },
    ]),
  );
}

/**
 * What administrators see and do of everybody's links. Each function uses only the handle that it is given; who may call
 * it is decided at the door.
 */
export const createAdministration = (admission: Pick<Admission, "has">) => ({
  links: async (handle: Handle, query: LinkQuery, now: Date): Promise<AdminLink[]> =>
    (await listLinks(handle, query, now)).map((grant) => ({ ...grantView(grant), userId: grant.userId })),
  revokeLink: async (handle: Handle, grantId: string, now: Date): Promise<boolean> =>
    isUuid(grantId) && revokeByAdmin(handle, grantId, now),
  clients: async (handle: Handle, query: ClientQuery, now: Date): Promise<AdminClient[]> =>
    (await listClients(handle, query, now)).map(clientView),
  cutOffClient: (handle: Handle, id: string, now: Date): Promise<boolean> => disableClient(handle, id, now),
  restoreClient: (handle: Handle, id: string): Promise<boolean> => disableClient(handle, id, null),
  deleteClient,
  accounts,
  cutOffUser,
  restoreUser,
  pausePerson: (handle: Handle, userId: string, now: Date): Promise<boolean> =>
    pauseUser(handle, userId, "operator", now),
  resumePerson: (handle: Handle, userId: string): Promise<boolean> => resumeUser(handle, userId, "operator"),
  async channels(handle: Handle): Promise<AdminChannel[]> {
    const switches = new Map((await listChannelSwitches(handle)).map(({ channel, enabled }) => [channel, enabled]));
    return switchable.map((channel) => ({
      channel,
      enabled: switches.get(channel) ?? true,
      offered: admission.has(channel, { channelOpen: true, channelOwn: null }),
    }));
  },
  switchChannel,
  setUserChannel,
  attempts: async (handle: Handle, query: AttemptQuery): Promise<AdminAttempt[]> =>
    (await listAttempts(handle, { ...query, userId: onlyUuid(query.userId) })).map((attempt) => ({
      ...attemptView(attempt),
      userId: attempt.userId,
    })),
});

export type Administration = ReturnType<typeof createAdministration>;
