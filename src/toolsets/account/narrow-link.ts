import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import type { Links } from "./revoke-grant.ts";

/** Takes back some of what a link may do, without linking again. The person's own action: no assistant sees it. */
export const narrowLink = defineTool({
  name: "narrow_link",
  title: "Narrow a link",
  description:
    "Leaves a linked assistant only the permissions named here. What it may do is never widened this way; its next call has no more than this.",
  effect: "write",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: [],
  audience: "person",
  examples: [],
  input: z.object({
    grantId: z.string().min(1).max(200).describe("The id of a linked account's grant."),
    scopes: z.array(z.string().max(100)).min(1).max(50).describe("The permissions that it keeps."),
  }),
  output: z.object({ grantId: z.string(), scopes: z.array(z.string()) }),
  async run({ grantId, scopes }, { principal, now, links }: Call & { links: Links }) {
    const left = await links.narrow(principal.userId, grantId, scopes, now);
    if (left === null) throw new AppError("not_found", "You have no live link with this id.");
    return { text: `The link keeps: ${left.join(", ")}.`, data: { grantId, scopes: [...left] } };
  },
});
