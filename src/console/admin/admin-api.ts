import { type Call, addressOf } from "../ask.ts";
import { type Proof, isProof } from "../contract.ts";
import {
  type Account,
  type AdminAttempt,
  type Channel,
  type Client,
  type Link,
  isAccountPage,
  isAdminAttemptPage,
  isChannelList,
  isClientPage,
  isLinkPage,
} from "./contract.ts";

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

/** What the administrators' pages ask of the server. */
export interface AdminApi {
  links(query: Query & LinkFilter): Promise<PageOf<Link>>;
  clients(query: Query): Promise<PageOf<Client>>;
  users(query: Query): Promise<PageOf<Account>>;
  attempts(query: Query & AttemptFilter): Promise<PageOf<AdminAttempt>>;
  channels(): Promise<readonly Channel[]>;
  revokeLink(id: string): Promise<Proof>;
  setClientDisabled(id: string, disabled: boolean): Promise<Proof>;
  deleteClient(id: string): Promise<Proof>;
  setUserDisabled(id: string, disabled: boolean): Promise<Proof>;
  setChannel(setting: ChannelSetting): Promise<Proof>;
}

const withId = (path: string, id: string): string => `${path}/${encodeURIComponent(id)}`;

export const createAdminApi = (call: Call): AdminApi => ({
  async links(query) {
    const { links, next } = await call("GET", addressOf("/api/admin/grants", { ...query }), isLinkPage);
    return { items: links, next };
  },
  async clients(query) {
    const { clients, next } = await call("GET", addressOf("/api/admin/clients", { ...query }), isClientPage);
    return { items: clients, next };
  },
  async users(query) {
    const { users, next } = await call("GET", addressOf("/api/admin/users", { ...query }), isAccountPage);
    return { items: users, next };
  },
  async attempts(query) {
    const { attempts, next } = await call(
      "GET",
      addressOf("/api/admin/link-attempts", { ...query }),
      isAdminAttemptPage,
    );
    return { items: attempts, next };
  },
  channels: async () => (await call("GET", "/api/admin/channels", isChannelList)).channels,
  revokeLink: (id) => call("DELETE", withId("/api/admin/grants", id), isProof),
  setClientDisabled: (id, disabled) => call("PATCH", withId("/api/admin/clients", id), isProof, { disabled }),
  deleteClient: (id) => call("DELETE", withId("/api/admin/clients", id), isProof),
  setUserDisabled: (id, disabled) => call("PATCH", withId("/api/admin/users", id), isProof, { disabled }),
  setChannel: (setting) => call("PATCH", "/api/admin/channels", isProof, setting),
});
