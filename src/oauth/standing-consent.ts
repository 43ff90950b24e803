import { AppError } from "../kernel/errors.ts";
import type { Scope } from "../kernel/scopes.ts";
import type { Client } from "./records/clients.ts";
import { redirectMatches } from "./redirect-uri.ts";
import { mayHold } from "./scope-decision.ts";

/** What a person agreed to: where answers go, and what they let it do. */
interface Agreed {
  readonly redirectUri: string;
  readonly scopes: readonly Scope[];
}

const changed = (what: string): AppError =>
  new AppError("invalid_grant", `The client has ${what} since it was linked.`, {
    next: "Link the account again, and agree to the client as it is now.",
  });

/**
 * Whether a consent still describes its client. A client's document is its maker's, or of whoever took its host over, and
 * may change at any time; so the address and the scopes that the person saw must still be the client's. What a client adds
 * ends no link: every new link asks anew anyway.
 * @throws AppError `invalid_grant`.
 */
export async function requireStandingConsent(client: Client, agreed: Agreed): Promise<void> {
  if (!redirectMatches(client.redirectUris, agreed.redirectUri)) throw changed("given up the address that it had");
  if (!agreed.scopes.every((scope) => mayHold(client, scope))) throw changed("given up a scope that it had");
}
