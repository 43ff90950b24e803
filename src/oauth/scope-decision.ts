import { AppError } from "../kernel/errors.ts";
import { defaultScopes, effectiveScopes, parseScopes, type Scope, scopeTable } from "../kernel/scopes.ts";
import type { ClientKind } from "./records/clients.ts";

/** What a client may hold at all. */
export interface ScopeHolder {
  readonly kind: ClientKind;
  /** The company's own service, made by an operator. */
  readonly internal: boolean;
  /** What the client registered for; null when it named nothing. */
  readonly scopes: readonly Scope[] | null;
}

/** What of a request stands, and what does not. RFC 6749 §3.3: the answer says so. */
export interface ScopeDecision {
  readonly granted: readonly Scope[];
  readonly dropped: readonly string[];
}

/** `offline_access` only says what happens anyway, a refresh token, so it is honoured for everyone. */
export function mayHold(client: ScopeHolder, scope: Scope): boolean {
  if (scope === "offline_access") return true;
  if (scopeTable[scope].holder === "operator-made" && !(client.kind === "operator" && client.internal)) return false;
  return client.scopes === null || effectiveScopes(client.scopes).has(scope);
}

/**
 * Decides the scopes of a request. An empty request, or one for `offline_access` alone, means the defaults; a name that
 * is unknown or that the client may not hold is dropped and the rest stands.
 * @throws AppError `invalid_scope` when nothing is left that lets the client do anything.
 */
export function decideScopes(requested: string | undefined, client: ScopeHolder): ScopeDecision {
  const { known, unknown } = parseScopes(requested ?? "");
  const named = known.some((scope) => scope !== "offline_access") || unknown.length > 0;
  const wanted = named ? known : [...defaultScopes, ...known];
  const granted = wanted.filter((scope) => mayHold(client, scope));
  const dropped = [...wanted.filter((scope) => !granted.includes(scope)), ...unknown];
  if (granted.some((scope) => scope !== "offline_access")) return { granted, dropped };
  throw new AppError("invalid_scope", "None of the requested scopes can be granted to this client.");
}

/**
 * The scopes of a refreshed token: all that was granted, or fewer (RFC 6749 §6). What the person took back since is
 * dropped without a word: hosts keep asking for what they were granted once, and a link must not break for that.
 * @param agreed what was granted at first, where the person has narrowed it since.
 * @throws AppError `invalid_scope` when the request names more.
 */
export function narrowScopes(
  requested: string | undefined,
  granted: readonly Scope[],
  agreed: readonly Scope[] = [],
): readonly Scope[] {
  const { known, unknown } = parseScopes(requested ?? "");
  if (known.length + unknown.length === 0) return granted;
  const held = new Set<Scope>([...effectiveScopes(granted), "offline_access"]);
  const once = new Set<Scope>([...held, ...effectiveScopes(agreed)]);
  if (unknown.length > 0 || !known.every((scope) => once.has(scope)))
    throw new AppError("invalid_scope", "A refresh cannot ask for more scopes than were granted.");
  const narrowed = known.filter((scope) => held.has(scope));
  return agreed.length === 0 || narrowed.length > 0 ? narrowed : granted;
}
