import type { PasskeyAnswer, Proof } from "../contract.ts";
import type { Account, AdminAttempt, Channel, Client, Link } from "./contract.ts";

/** One page of a list; `next` leads on. */
interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** What is looked for, and from where on. */
interface Query {
  readonly cursor: string | null;
  readonly q?: string | undefined;
}

/** Which links to show. */
export interface LinkFilter {
  readonly q?: string | undefined;
  readonly channel?: string | undefined;
  readonly userId?: string | undefined;
  readonly clientId?: string | undefined;
}

/** Which attempts to show. */
export interface AttemptFilter {
  readonly q?: string | undefined;
  readonly state?: string | undefined;
}

/** A channel for one account, or without a person for everyone; null takes back what was set for an account. */
export interface ChannelSetting {
  readonly channel: string;
  readonly enabled: boolean | null;
  readonly userId?: string | undefined;
}

/** How long something is given. */
interface Until {
  /** ISO 8601; null for good. */
  readonly until: string | null;
}

/** What the administrators' pages ask of the server. */
export interface AdminApi {
  links(query: Query & LinkFilter): Promise<PageOf<Link>>;
  clients(query: Query): Promise<PageOf<Client>>;
  users(query: Query): Promise<PageOf<Account>>;
  attempts(query: Query & AttemptFilter): Promise<PageOf<AdminAttempt>>;
  channels(): Promise<readonly Channel[]>;
  revokeLink(id: string): Promise<Proof>;
  /** @param passkey here and below: proves that the administrator is there, where that is asked. */
  setClientDisabled(id: string, disabled: boolean, passkey?: PasskeyAnswer): Promise<Proof>;
  deleteClient(id: string): Promise<Proof>;
  setUserDisabled(id: string, disabled: boolean, passkey?: PasskeyAnswer): Promise<Proof>;
  setUserPaused(id: string, paused: boolean, passkey?: PasskeyAnswer): Promise<Proof>;
  setTier(userId: string, given: { readonly tier: string } & Until, passkey?: PasskeyAnswer): Promise<Proof>;
  giveBundle(userId: string, given: { readonly bundle: string } & Until, passkey?: PasskeyAnswer): Promise<Proof>;
  takeBundle(userId: string, bundle: string): Promise<Proof>;
  setChannel(setting: ChannelSetting, passkey?: PasskeyAnswer): Promise<Proof>;
}
