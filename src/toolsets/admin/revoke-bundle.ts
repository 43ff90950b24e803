import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { bundleName, changes, requirePerson, userId } from "./facts.ts";
import type { AdminPorts } from "./ports.ts";

/** Takes a bundle that a person was given. Those of their tier stay. */
export const revokeBundle = defineTool({
  ...changes,
  name: "revoke_bundle",
  title: "Take a person's bundle",
  description: "Takes a bundle that a person was given. One that comes with their tier stays.",
  input: z.strictObject({ userId, bundle: bundleName }),
  output: z.object({ userId: z.string(), bundle: z.string() }),
  async run(input, ctx: Call & AdminPorts) {
    await requirePerson(ctx, input.userId);
    if (!(await ctx.plans.revokeBundle(input.userId, input.bundle)))
      throw new AppError("not_found", "The person was not given a bundle of this name.");
    return { text: "The bundle is taken. The next call is without it.", data: input };
  },
});
