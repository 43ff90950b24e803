import { AppError } from "../kernel/errors.ts";
import { effectiveScopes, isScope, type Scope, scopeTable } from "../kernel/scopes.ts";

/** A scope that stands for others, and for nothing of its own. */
const isUmbrella = (scope: Scope): boolean => scopeTable[scope].implies.length > 0;

/**
 * What a link lets its client do, one by one: a scope that stands for several is taken apart, and staying linked is no
 * permission.
 */
export const permissionsOf = (scopes: readonly Scope[]): readonly Scope[] =>
  [...effectiveScopes(scopes)].filter((scope) => !isUmbrella(scope) && scope !== "offline_access");

/**
 * The scopes of a link after its person took some back. What was agreed to is never widened, staying linked stays, and a
 * scope that stands for others stays as long as all of them do.
 * @param kept the permissions that the person leaves to it, by name.
 * @throws AppError `invalid_input` when nothing would be left, or something is named that the link does not hold.
 */
export function narrowedScopes(held: readonly Scope[], kept: readonly string[]): readonly Scope[] {
  const left = new Set(permissionsOf(kept.filter(isScope)));
  const permitted = new Set(permissionsOf(held));
  const foreign = [...kept.filter((name) => !isScope(name)), ...left].find(
    (name) => !isScope(name) || !permitted.has(name),
  );
  if (foreign !== undefined) {
    throw new AppError(
      "invalid_input",
      `The link does not hold ${foreign.slice(0, 60)}, and it is never widened here.`,
      {
        next: "To let it do more, link it again from the assistant.",
      },
    );
  }
  if (left.size === 0) {
    throw new AppError("invalid_input", "Nothing would be left of the link.", { next: "Revoke it instead." });
  }
  const stays = (scope: Scope): boolean =>
    scope === "offline_access" ||
    (isUmbrella(scope) ? scopeTable[scope].implies.every((implied) => left.has(implied)) : left.has(scope));
  const remaining = held.filter(stays);
  const covered = effectiveScopes(remaining);
  return [...remaining, ...[...left].filter((scope) => !covered.has(scope))];
}

/** What a bearer may do now: what its token says, and no more than the link still holds. */
export function heldNow(token: readonly Scope[], grant: readonly Scope[]): ReadonlySet<Scope> {
  const granted = effectiveScopes(grant);
  return new Set([...effectiveScopes(token)].filter((scope) => granted.has(scope)));
}
