import * as z from "zod";
import { requirePresence } from "../../kernel/policy.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { changes, requirePerson, userId } from "./facts.ts";
import type { AdminPorts } from "./ports.ts";

/** Takes a cut-off of a person back: links that were not revoked meanwhile work again. */
export const restoreUser = defineTool({
  ...changes,
  name: "restore_user",
  title: "Restore a person's links",
  description: "Lets a person who was cut off link and be acted for again.",
  input: z.strictObject({ userId }),
  output: z.object({ userId: z.string(), disabled: z.boolean() }),
  async run(input, ctx: Call & AdminPorts) {
    requirePresence(ctx.principal);
    await requirePerson(ctx, input.userId);
    await ctx.all.restoreUser(input.userId);
    return { text: "The person is restored.", data: { ...input, disabled: false } };
  },
});
