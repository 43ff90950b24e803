import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { isUuid } from "../../kernel/ids.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";

/** A person's links, as far as this toolset touches them. */
export interface Links {
  /** Ends a live grant of this person's from now on; false when the person has no such grant. */
  revoke(userId: string, grantId: string, now: Date): Promise<boolean>;
  /**
   * Leaves a live grant of this person's only these permissions; null when the person has no such grant.
   * @throws AppError `invalid_input` when nothing would be left, or something be gained.
   */
  narrow(userId: string, grantId: string, kept: readonly string[], now: Date): Promise<readonly string[] | null>;
}

const input = z.object({ grantId: z.string().min(1).max(200).describe("The id of a linked account's grant.") });
const output = z.object({ grantId: z.string(), revoked: z.literal(true) });

/** Ends the link between a person's account and an assistant. The person's own action: no assistant sees it. */
export const revokeGrant = defineTool({
  name: "revoke_grant",
  title: "Revoke a link",
  description: "Ends the link between your account and an assistant. Its next call is refused until you link it again.",
  effect: "write",
  destructive: true,
  idempotent: true,
  openWorld: false,
  // A signed-in person needs nobody's grant to end one.
  scopes: [],
  audience: "person",
  examples: [],
  input,
  output,
  async run({ grantId }, { principal, now, links }: Call & { links: Links }) {
    const revoked = isUuid(grantId) && (await links.revoke(principal.userId, grantId, now));
    if (!revoked) throw new AppError("not_found", "You have no live link with this id.");
    return { text: "The link is revoked. Its next call will be refused.", data: { grantId, revoked } };
  },
});
