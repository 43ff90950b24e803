import { defineToolset, type Toolset } from "../../kernel/tool.ts";
import { revokeGrant } from "./revoke-grant.ts";

/** What the account's actions need of the rooms that own its tables. */
export interface AccountParts<Handle> {
  readonly grants: {
    /** Ends a live grant of this user's; false when there is none with this id. Uses only the handle that it is given. */
    revoke(handle: Handle, userId: string, grantId: string, now: Date): Promise<boolean>;
  };
}

/** What a person does with their own account. */
export const accountToolset = <Handle>({ grants }: AccountParts<Handle>): Toolset<Handle> =>
  defineToolset({
    name: "account",
    title: "Account",
    tools: [revokeGrant],
    ports: (handle: Handle) => ({
      links: { revoke: (userId: string, grantId: string, now: Date) => grants.revoke(handle, userId, grantId, now) },
    }),
  });
