import type { Channel } from "../../kernel/principal.ts";

/** Which of a long list to read: those with these words in them, after the last one read. */
export interface Page {
  readonly words?: string | undefined;
  readonly limit: number;
  readonly before?: string | undefined;
}

/** A person, as far as they are known by sight. */
export interface Person {
  readonly id: string;
  readonly label: string;
  readonly displayName: string | null;
  readonly createdAt: Date;
  readonly roles: readonly string[];
}

/** Somebody's link. */
export interface Link {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  readonly clientName: string;
  readonly clientKind: string;
  readonly clientVerified: boolean;
  readonly channel: string;
  readonly redirectHost: string;
  readonly scopes: readonly { readonly name: string; readonly grants: string }[];
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

/** A program that people link. */
export interface Client {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly uri: string | null;
  readonly redirectHosts: readonly string[];
  readonly links: number;
  readonly disabledAt: string | null;
  readonly createdAt: string;
}

/** What was said of a person's links. */
export interface Account {
  readonly links: number;
  readonly cutOffAt: string | null;
  readonly pausedAt: string | null;
  readonly channels: readonly { readonly channel: string; readonly enabled: boolean }[];
}

/** One attempt to link. */
export interface Attempt {
  readonly id: string;
  readonly userId: string | null;
  readonly clientId: string | null;
  readonly clientName: string | null;
  readonly channel: string | null;
  readonly redirect: string | null;
  readonly grantId: string | null;
  readonly state: string;
  readonly steps: readonly {
    readonly step: string;
    readonly outcome: string;
    readonly code: string | null;
    readonly reason: string | null;
    readonly fix: string | null;
    readonly count: number;
    readonly at: string;
    readonly requestId: string | null;
  }[];
  readonly folded: number;
  readonly startedAt: string;
  readonly lastAt: string;
}

/** Everybody's links, clients, channels and attempts, bound to the call's transaction. */
export interface AllLinks {
  links(
    query: Page & {
      readonly people?: readonly string[];
      readonly userId?: string | undefined;
      readonly clientId?: string | undefined;
      readonly channel?: string | undefined;
    },
    now: Date,
  ): Promise<readonly Link[]>;
  /** False when there is no live link with this id. */
  revokeLink(grantId: string, now: Date): Promise<boolean>;
  clients(query: Page, now: Date): Promise<readonly Client[]>;
  /** False when there is no such client. */
  cutOffClient(id: string, now: Date): Promise<boolean>;
  restoreClient(id: string): Promise<boolean>;
  /** How many links ended with it; null when there is no such client. */
  deleteClient(id: string, now: Date): Promise<number | null>;
  accounts(userIds: readonly string[], now: Date): Promise<ReadonlyMap<string, Account>>;
  /** False when nothing changed. */
  cutOffUser(userId: string, now: Date): Promise<boolean>;
  restoreUser(userId: string): Promise<boolean>;
  pausePerson(userId: string, now: Date): Promise<boolean>;
  resumePerson(userId: string): Promise<boolean>;
  channels(): Promise<readonly { readonly channel: Channel; readonly enabled: boolean; readonly offered: boolean }[]>;
  switchChannel(channel: Channel, enabled: boolean, now: Date): Promise<void>;
  /** Null takes back what was set. */
  setUserChannel(userId: string, channel: Channel, enabled: boolean | null, now: Date): Promise<void>;
  attempts(
    query: Page & {
      readonly people?: readonly string[];
      readonly userId?: string | undefined;
      readonly state?: "open" | "failed" | "linked" | "working" | undefined;
    },
  ): Promise<readonly Attempt[]>;
}

/** Who the people are. */
export interface Directory {
  people(query: Page & { readonly ids?: readonly string[] }): Promise<readonly Person[]>;
}

/** What people have bought. */
export interface Plans {
  of(
    userIds: readonly string[],
    now: Date,
  ): Promise<
    ReadonlyMap<
      string,
      {
        readonly tier: string;
        readonly until: Date | null;
        /** Those that they were given beside their tier, and that still hold. */
        readonly bundles: readonly { readonly bundle: string; readonly until: Date | null }[];
      }
    >
  >;
  /** @throws AppError `invalid_input` for a tier that is not sold or an end in the past, `not_found`. */
  set(
    change: { readonly userId: string; readonly tier: string; readonly until: Date | null },
    now: Date,
  ): Promise<void>;
  /** @throws AppError `invalid_input` for an end in the past, `not_found`. */
  grantBundle(
    given: { readonly userId: string; readonly bundle: string; readonly until: Date | null },
    now: Date,
  ): Promise<void>;
  /** False when the person was not given it. */
  revokeBundle(userId: string, bundle: string): Promise<boolean>;
}

/** What the tools of this toolset use. */
export interface AdminPorts {
  readonly all: AllLinks;
  readonly plans: Plans;
  readonly directory: Directory;
}
