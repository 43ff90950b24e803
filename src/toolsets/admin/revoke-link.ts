import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { ends } from "./facts.ts";
import type { AdminPorts } from "./ports.ts";

/** Ends anybody's link. */
export const revokeLink = defineTool({
  ...ends,
  name: "revoke_link",
  title: "Revoke somebody's link",
  description: "Ends a person's link. Its next call is refused until the person links again.",
  input: z.object({ grantId: z.string().min(1).max(200) }),
  output: z.object({ grantId: z.string(), revoked: z.boolean() }),
  async run({ grantId }, { all, now }: Call & AdminPorts) {
    if (!(await all.revokeLink(grantId, now))) throw new AppError("not_found", "There is no live link with this id.");
    return { text: "The link is revoked. Its next call will be refused.", data: { grantId, revoked: true } };
  },
});
