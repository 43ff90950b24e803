import * as z from "zod";
import { requirePresence } from "../../kernel/policy.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { bundleName, changes, requirePerson, userId } from "./facts.ts";
import type { AdminPorts } from "./ports.ts";

/** Gives a person a bundle beside those of their tier. */
export const grantBundle = defineTool({
  ...changes,
  name: "grant_bundle",
  title: "Give a person a bundle",
  description: "Gives a person a bundle beside those of their tier, for good or until a time.",
  input: z.strictObject({
    userId,
    bundle: bundleName,
    until: z.iso.datetime({ offset: true }).nullable().default(null).describe("null for good."),
  }),
  output: z.object({ userId: z.string(), bundle: z.string(), until: z.string().nullable() }),
  async run(input, ctx: Call & AdminPorts) {
    requirePresence(ctx.principal);
    await requirePerson(ctx, input.userId);
    const until = input.until === null ? null : new Date(input.until);
    await ctx.plans.grantBundle({ userId: input.userId, bundle: input.bundle, until }, ctx.now);
    const data = { userId: input.userId, bundle: input.bundle, until: until?.toISOString() ?? null };
    return { text: "The bundle is given. It holds from the next call.", data };
  },
});
