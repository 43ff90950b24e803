/**
 * The one table of scopes: what each lets an assistant do, in the words of the consent page.
 * The names are the published ones of the systems that Bellhop replaces.
 */
interface ScopeRow {
  /** One line for the consent page. */
  readonly grants: string;
  /** Scopes that come with it. */
  readonly implies: readonly Scope[];
  /** Who may hold it: any client, or only confidential clients that an operator made. */
  readonly holder: "any" | "operator-made";
  /** Whether metadata lists it (`scopes_supported`). Hosts ask for all that is listed. */
  readonly advertised: boolean;
}

export type Scope =
  | "mcp:invoke"
  | "read"
  | "write"
  | "profile"
  | "wallet:read"
  | "privy:token:exchange"
  | "offline_access";

export const scopeTable: Readonly<Record<Scope, ScopeRow>> = {
  read: { grants: "Read your items and intents", implies: [], holder: "any", advertised: true },
  write: { grants: "Add to and change your items and intents", implies: [], holder: "any", advertised: true },
  profile: { grants: "See who you are and your receipts", implies: [], holder: "any", advertised: true },
  "mcp:invoke": { grants: "Use the tools for you", implies: ["read", "write"], holder: "any", advertised: true },
  "wallet:read": { grants: "See your wallets and balances", implies: [], holder: "any", advertised: true },
  offline_access: { grants: "Stay linked until you revoke it", implies: [], holder: "any", advertised: true },
  "privy:token:exchange": {
    grants: "Obtain your Privy session for the company's own service",
    implies: [],
    holder: "operator-made",
    advertised: false,
  },
};

export const isScope = (name: string): name is Scope => Object.hasOwn(scopeTable, name);
export const allScopes: readonly Scope[] = Object.keys(scopeTable).filter(isScope);

/** What a form of a client that is made by hand is filled in with: the scopes of the published guide. */
export const formScopes = "mcp:invoke wallet:read profile";

/** What a request without a scope means. */
export const defaultScopes: readonly Scope[] = ["read", "write", "profile"];

/** The scopes held in effect: those granted and those they imply. */
export const effectiveScopes = (granted: readonly Scope[]): ReadonlySet<Scope> =>
  new Set(granted.flatMap((scope) => [scope, ...scopeTable[scope].implies]));

/** Reads a space-separated scope string (RFC 6749 §3.3) into known scopes and the names that are unknown. */
export function parseScopes(text: string): { known: Scope[]; unknown: string[] } {
  const names = [...new Set(text.split(" ").filter(Boolean))];
  return { known: names.filter(isScope), unknown: names.filter((name) => !isScope(name)) };
}
