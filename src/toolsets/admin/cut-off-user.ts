import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { changes, requirePerson, userId } from "./facts.ts";
import type { AdminPorts } from "./ports.ts";

/**
 * Stops all of a person's links at once. They can still sign in, see their receipts, and take or erase what is theirs:
 * only nothing may act for them.
 */
export const cutOffUser = defineTool({
  ...changes,
  name: "cut_off_user",
  title: "Cut off a person's links",
  description: "Refuses every call and every new link of a person, until they are restored.",
  input: z.strictObject({ userId }),
  output: z.object({ userId: z.string(), disabled: z.boolean() }),
  async run(input, ctx: Call & AdminPorts) {
    if (input.userId === ctx.principal.userId) throw new AppError("conflict", "You cannot cut yourself off.");
    await requirePerson(ctx, input.userId);
    await ctx.all.cutOffUser(input.userId, ctx.now);
    return { text: "The person is cut off. Their next call will be refused.", data: { ...input, disabled: true } };
  },
});
