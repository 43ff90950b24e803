import * as z from "zod";
import { requirePresence } from "../../kernel/policy.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { changes, requirePerson, userId } from "./facts.ts";
import type { AdminPorts } from "./ports.ts";

/** Gives a person a tier, beside what their billing says. A lower one asks for the same proof: which is lower, only the operator knows. */
export const setTier = defineTool({
  ...changes,
  name: "set_tier",
  title: "Set a person's tier",
  description: "Gives a person a tier, for good or until a time. What the billing says of a later time replaces it.",
  input: z.strictObject({
    userId,
    tier: z.string().min(1).max(31).describe("The name of a tier that is sold."),
    until: z.iso.datetime({ offset: true }).nullable().default(null).describe("null for good."),
  }),
  output: z.object({ userId: z.string(), tier: z.string(), until: z.string().nullable() }),
  async run(input, ctx: Call & AdminPorts) {
    requirePresence(ctx.principal);
    await requirePerson(ctx, input.userId);
    const until = input.until === null ? null : new Date(input.until);
    await ctx.plans.set({ userId: input.userId, tier: input.tier, until }, ctx.now);
    const data = { userId: input.userId, tier: input.tier, until: until?.toISOString() ?? null };
    return { text: "The tier is set. It holds from the next call.", data };
  },
});
