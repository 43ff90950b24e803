import { type Guarded, isFlag, isListOf, isNullOr, isNumber, isShape, isText } from "../../ui/guards.ts";
import { attemptShape, isScopeView } from "../contract.ts";

/* What the administrators' part of the API answers. */

const isPerson = isShape({ id: isText, label: isText, displayName: isNullOr(isText) });
/** Somebody, by name. */
export type Person = Guarded<typeof isPerson>;

const isLink = isShape({
  id: isText,
  user: isPerson,
  clientId: isText,
  clientName: isText,
  clientKind: isText,
  clientVerified: isFlag,
  channel: isText,
  redirectHost: isText,
  scopes: isListOf(isScopeView),
  createdAt: isText,
  lastUsedAt: isNullOr(isText),
});
/** Somebody's link. */
export type Link = Guarded<typeof isLink>;
export const isLinkPage = isShape({ links: isListOf(isLink), next: isNullOr(isText) });

const isClient = isShape({
  id: isText,
  kind: isText,
  name: isText,
  uri: isNullOr(isText),
  redirectHosts: isListOf(isText),
  links: isNumber,
  disabledAt: isNullOr(isText),
  createdAt: isText,
});
/** A program that people link. */
export type Client = Guarded<typeof isClient>;
export const isClientPage = isShape({ clients: isListOf(isClient), next: isNullOr(isText) });

const isAccount = isShape({
  id: isText,
  label: isText,
  displayName: isNullOr(isText),
  createdAt: isText,
  roles: isListOf(isText),
  links: isNumber,
  cutOffAt: isNullOr(isText),
  /** Since when an administrator has paused them. */
  pausedAt: isNullOr(isText),
  /** The name of what was bought for them, or empty; and until when. */
  tier: isText,
  until: isNullOr(isText),
  /** What they were given beside it. */
  bundles: isListOf(isShape({ bundle: isText, until: isNullOr(isText) })),
  channels: isListOf(isShape({ channel: isText, enabled: isFlag })),
});
/** A person, and what was said of their links. */
export type Account = Guarded<typeof isAccount>;
export const isAccountPage = isShape({ users: isListOf(isAccount), next: isNullOr(isText) });

const isChannel = isShape({ channel: isText, enabled: isFlag, offered: isFlag });
/** A channel, as it is for everyone. */
export type Channel = Guarded<typeof isChannel>;
export const isChannelList = isShape({ channels: isListOf(isChannel) });

const isAdminAttempt = isShape({ ...attemptShape, user: isNullOr(isPerson) });
/** Somebody's attempt to link. */
export type AdminAttempt = Guarded<typeof isAdminAttempt>;
export const isAdminAttemptPage = isShape({ attempts: isListOf(isAdminAttempt), next: isNullOr(isText) });
