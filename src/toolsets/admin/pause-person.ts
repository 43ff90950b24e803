import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { changes, requirePerson, userId } from "./facts.ts";
import type { AdminPorts } from "./ports.ts";

/** Stops everything that changes anything in a person's name, as their own pause does, but that they cannot lift it. */
export const pausePerson = defineTool({
  ...changes,
  name: "pause_person",
  title: "Pause a person",
  description:
    "Refuses every call that changes something in a person's name, until an administrator resumes it. What only reads goes on.",
  input: z.strictObject({ userId }),
  output: z.object({ userId: z.string(), paused: z.boolean() }),
  async run(input, ctx: Call & AdminPorts) {
    if (input.userId === ctx.principal.userId) {
      throw new AppError("conflict", "You cannot pause yourself as an administrator.", {
        next: "Pause everything of yours under Limits.",
      });
    }
    await requirePerson(ctx, input.userId);
    await ctx.all.pausePerson(input.userId, ctx.now);
    return { text: "The person is paused. Their next change will be refused.", data: { ...input, paused: true } };
  },
});
