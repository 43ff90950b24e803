import type { Database } from "../database/handle.ts";
import { AppError } from "../kernel/errors.ts";
import type { Channel, PausedBy } from "../kernel/principal.ts";
import { channelsToPass } from "./link-channel.ts";
import { findSwitches, type ChannelSwitches, switchesOn, type AccountSwitches } from "./records/admission.ts";
import type { LiveGrant } from "./records/grants.ts";

interface AdmissionParts {
  readonly database: Database;
  /** Channels that every account has, unless something else was set for it. */
  readonly channels: readonly Channel[];
}

/** Decides who may link, and be acted for: what administrators switched off is off at the very next call. */
export interface Admission {
  /** @throws AppError `client_disabled`, `account_disabled` or `channel_disabled`. */
  requireOpen(grant: LiveGrant): void;
  /**
   * The same before there is a grant, and for callers of ours that have none.
   * @param userId null while nobody is signed in: then only what is off for everyone refuses.
   * @returns who has paused everything, which refuses no link and no read, and so is the caller's to heed.
   */
  requireUser(userId: string | null, ...channels: readonly Channel[]): Promise<{ readonly paused: PausedBy | false }>;
  /** The same of the person in their own browser, which is no channel that could be switched off. */
  requirePerson(userId: string): Promise<{ readonly paused: PausedBy | false }>;
  /** The same of an account whose switches were read already. */
  requireSwitches(switches: AccountSwitches, ...channels: readonly Channel[]): void;
  /** Whether {@link requireOpen} lets a grant pass. */
  isOpen(grant: LiveGrant): boolean;
  /** Whether an account has a channel, in the order: off for everyone, set for the account, what the installation offers. */
  has(channel: Channel, switches: Pick<ChannelSwitches, "channelOpen" | "channelOwn">): boolean;
}

/** The channels in a person's words. */
const names: Readonly<Record<Channel, string>> = {
  chatgpt: "ChatGPT",
  claude: "Claude",
  mcp: "MCP clients",
  actions: "GPT Actions",
  voice: "Voice",
  x: "X",
  stdio: "The command line",
  web: "This website",
};

const off = (channel: Channel, everyone: boolean): AppError =>
  new AppError(
    "channel_disabled",
    everyone
      ? `${names[channel]}: switched off for everyone on this server.`
      : `${names[channel]}: not switched on for your account.`,
    { details: { channel } },
  );

/** See {@link Admission}. */
export function createAdmission({ database, channels }: AdmissionParts): Admission {
  const offered: ReadonlySet<Channel> = new Set(channels);
  const has: Admission["has"] = (channel, { channelOpen, channelOwn }) =>
    channelOpen && (channelOwn ?? offered.has(channel));
  const requireAccount = ({ accountCutOff }: ChannelSwitches): void => {
    if (accountCutOff)
      throw new AppError("account_disabled", "The operator of this server has switched your account's links off.");
  };
  const require = (channel: Channel, switches: ChannelSwitches): void => {
    requireAccount(switches);
    if (!has(channel, switches)) throw off(channel, !switches.channelOpen);
  };
  const requireSwitches: Admission["requireSwitches"] = (switches, ...asked) => {
    for (const channel of asked) require(channel, switchesOn(switches, channel));
  };
  const passedBy = ({ channel, clientChannel, redirectUri }: LiveGrant): readonly Channel[] =>
    channelsToPass(channel, clientChannel, redirectUri);
  return {
    has,
    requireOpen(grant) {
      if (grant.clientCutOff)
        throw new AppError("client_disabled", "The operator of this server has switched this assistant off.");
      requireSwitches(grant.switches, ...passedBy(grant));
    },
    requireSwitches,
    isOpen: (grant) =>
      !grant.clientCutOff &&
      !grant.switches.accountCutOff &&
      passedBy(grant).every((channel) => has(channel, switchesOn(grant.switches, channel))),
    async requirePerson(userId) {
      const switches = await findSwitches(database.handle, userId, "web");
      requireAccount(switches);
      return { paused: switches.paused };
    },
    async requireUser(userId, ...asked) {
      let paused: PausedBy | false = false;
      for (const channel of asked) {
        const switches = await findSwitches(database.handle, userId, channel);
        // Whether an installation offers a channel is decided for an account, not before one is known.
        require(channel, userId === null ? { ...switches, channelOwn: true } : switches);
        paused = paused || switches.paused;
      }
      return { paused };
    },
  };
}
