/** A subject is at most 255 ASCII characters (OpenID Connect Core §2); anything else names nobody. */
const SUBJECT = /^[\x21-\x7e][\x20-\x7e]{0,254}$/;

/** What a provider says of a person, before it is believed to be text. */
export interface Facts {
  readonly sub?: unknown;
  readonly email?: unknown;
  readonly email_verified?: unknown;
  readonly preferred_username?: unknown;
  readonly name?: unknown;
}

export const isSubject = (value: unknown): value is string => typeof value === "string" && SUBJECT.test(value);

/** Text that a page may show: no control characters, and not long. */
const shown = (value: unknown): string | null =>
  typeof value === "string" && /^[^\p{C}\p{Zl}\p{Zp}]{1,120}$/u.test(value.trim()) ? value.trim() : null;

/**
 * How a person is shown, for display alone: always with the provider's name beside it, so that an address which some
 * provider never verified looks like no address that we did.
 */
export function labelOf(title: string, subject: string, facts: Facts): string {
  const email = facts.email_verified === false ? null : shown(facts.email);
  const words = email ?? shown(facts.preferred_username) ?? shown(facts.name) ?? `account …${subject.slice(-6)}`;
  return `${words} (${title})`;
}
