import type { Accounts } from "../accounts/accounts.ts";
import type { PersonProfile } from "../oauth/userinfo.ts";

/**
 * What a linked client may see of a person. An address counts as proven when its holder read a code there: what other
 * providers say of an address proves nothing here.
 */
export const personProfile =
  (user: Accounts["user"]) =>
  async (userId: string): Promise<PersonProfile | null> => {
    const known = await user(userId);
    if (known === null) return null;
    const email = known.identities.find(({ issuer }) => issuer === "email")?.label ?? null;
    return { name: known.displayName, email };
  };
