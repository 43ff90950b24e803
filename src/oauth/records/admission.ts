import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";
import type { Channel, PausedBy } from "../../kernel/principal.ts";
import { selectPausedBy } from "./paused-users.ts";

/*
 * What stands between a link and a call: a channel that is off for everyone, a channel that is set for one account, an
 * account that is cut off, and a person who has paused everything. No row means that nobody said anything.
 */

/** What was said of one account and one channel. */
export interface ChannelSwitches {
  readonly accountCutOff: boolean;
  /** Who has paused everything; false when nobody has. */
  readonly paused: PausedBy | false;
  /** False when the channel is off for everyone. */
  readonly channelOpen: boolean;
  /** What was set for this account; null when nothing was. */
  readonly channelOwn: boolean | null;
}

/** The switches of an account on a channel. Without an account, only what holds for everyone. */
export async function findSwitches(handle: Handle, userId: string | null, channel: Channel): Promise<ChannelSwitches> {
  const { rows } = await sql<Omit<ChannelSwitches, "paused"> & { readonly paused: PausedBy | null }>`
    select
      exists (select 1 from oauth_cut_off_users where user_id = ${userId}::uuid) as "accountCutOff",
      ${selectPausedBy(sql`${userId}::uuid`)} as paused,
      coalesce((select enabled from oauth_channels where channel = ${channel}::text), true) as "channelOpen",
      (select enabled from oauth_user_channels where user_id = ${userId}::uuid and channel = ${channel}::text)
        as "channelOwn"
  `.execute(handle);
  const [switches] = rows;
  if (switches === undefined) throw new Error("The database answered a question about one row with none.");
  return { ...switches, paused: switches.paused ?? false };
}

/** What was said of one account, on all channels of which anything was said. */
export interface AccountSwitches {
  readonly accountCutOff: boolean;
  /** Who has paused everything; false when nobody has. */
  readonly paused: PausedBy | false;
  /** Channels that are off for everyone. */
  readonly closed: readonly string[];
  /** What was set for the account: `claude:true`. */
  readonly own: readonly string[];
}

export interface SwitchesRow {
  account_cut_off: boolean;
  paused: PausedBy | null;
  closed: string[];
  own: string[];
}

/** Selected beside a row that names a person, so that it costs no statement of its own. @param userId that column */
export const selectSwitches = (userId: string) => sql`
  exists (select 1 from oauth_cut_off_users where user_id = ${sql.ref(userId)}) as account_cut_off,
  ${selectPausedBy(sql.ref(userId))} as paused,
  array(select channel from oauth_channels where not enabled) as closed,
  array(select channel || ':' || enabled from oauth_user_channels where user_id = ${sql.ref(userId)}) as own`;

export const asSwitches = (row: SwitchesRow): AccountSwitches => ({
  accountCutOff: row.account_cut_off,
  paused: row.paused ?? false,
  closed: row.closed,
  own: row.own,
});

/** The switches on one channel, out of all. */
export const switchesOn = (
  { accountCutOff, paused, closed, own }: AccountSwitches,
  channel: Channel,
): ChannelSwitches => ({
  accountCutOff,
  paused,
  channelOpen: !closed.includes(channel),
  channelOwn: own.includes(`${channel}:true`) ? true : own.includes(`${channel}:false`) ? false : null,
});

/** A channel that an administrator has switched for everyone. */
export interface ChannelSwitch {
  readonly channel: Channel;
  readonly enabled: boolean;
}

/** The channels that were ever switched for everyone. */
export async function listChannelSwitches(handle: Handle): Promise<readonly ChannelSwitch[]> {
  const { rows } = await sql<ChannelSwitch>`select channel, enabled from oauth_channels`.execute(handle);
  return rows;
}

/** Switches a channel for everyone. */
export async function switchChannel(handle: Handle, channel: Channel, enabled: boolean, now: Date): Promise<void> {
  await sql`
    insert into oauth_channels (channel, enabled, changed_at) values (${channel}, ${enabled}, ${now})
    on conflict (channel) do update set enabled = excluded.enabled, changed_at = excluded.changed_at
  `.execute(handle);
}

/** A channel that is set for one account. */
export interface UserChannel extends ChannelSwitch {
  readonly userId: string;
}

/** What is set for these accounts. */
export async function listUserChannels(handle: Handle, userIds: readonly string[]): Promise<readonly UserChannel[]> {
  const { rows } = await sql<UserChannel>`
    select user_id as "userId", channel, enabled from oauth_user_channels where user_id = any(${[...userIds]}::uuid[])
  `.execute(handle);
  return rows;
}

/** Sets a channel for one account; null takes back what was set. */
export async function setUserChannel(
  handle: Handle,
  userId: string,
  channel: Channel,
  enabled: boolean | null,
  now: Date,
): Promise<void> {
  if (enabled === null) {
    await sql`delete from oauth_user_channels where user_id = ${userId} and channel = ${channel}`.execute(handle);
    return;
  }
  await sql`
    insert into oauth_user_channels (user_id, channel, enabled, changed_at)
    values (${userId}, ${channel}, ${enabled}, ${now})
    on conflict (user_id, channel) do update set enabled = excluded.enabled, changed_at = excluded.changed_at
  `.execute(handle);
}

/** Which of these accounts are cut off, and since when. */
export async function listCutOffs(handle: Handle, userIds: readonly string[]): Promise<ReadonlyMap<string, Date>> {
  const { rows } = await sql<{ userId: string; at: Date }>`
    select user_id as "userId", cut_off_at as at from oauth_cut_off_users where user_id = any(${[...userIds]}::uuid[])
  `.execute(handle);
  return new Map(rows.map(({ userId, at }) => [userId, at]));
}

/**
 * Cuts an account off. Codes that wait are deleted, so that nothing begun before can be finished.
 * @returns false when it was cut off before.
 */
export async function cutOffUser(handle: Handle, userId: string, now: Date): Promise<boolean> {
  await sql`delete from oauth_codes where user_id = ${userId} and redeemed_at is null`.execute(handle);
  const { rows } = await sql`
    insert into oauth_cut_off_users (user_id, cut_off_at) values (${userId}, ${now})
    on conflict (user_id) do nothing returning 1
  `.execute(handle);
  return rows.length === 1;
}

/** Takes the cut back: links that were not revoked work again. @returns false when it was not cut off. */
export async function restoreUser(handle: Handle, userId: string): Promise<boolean> {
  const { rows } = await sql`
    delete from oauth_cut_off_users where user_id = ${userId} returning 1
  `.execute(handle);
  return rows.length === 1;
}
