import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { requirePresence } from "../../kernel/policy.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { changes, requirePerson, userId } from "./facts.ts";
import type { AdminPorts } from "./ports.ts";

/**
 * Takes the operator's pause of a person back; their own stays. Nobody lifts it for themselves: an administrator who was
 * paused asks another one.
 */
export const resumePerson = defineTool({
  ...changes,
  name: "resume_person",
  title: "Resume a person",
  description: "Takes back that an administrator paused a person. What the person paused themselves stays paused.",
  input: z.strictObject({ userId }),
  output: z.object({ userId: z.string(), paused: z.boolean() }),
  async run(input, ctx: Call & AdminPorts) {
    if (input.userId === ctx.principal.userId) {
      throw new AppError("conflict", "You cannot lift a pause of your own.", { next: "Ask another administrator." });
    }
    requirePresence(ctx.principal);
    await requirePerson(ctx, input.userId);
    await ctx.all.resumePerson(input.userId);
    return { text: "The person is no longer paused by an administrator.", data: { ...input, paused: false } };
  },
});
