import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { requirePresence } from "../../kernel/policy.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { changes, channelName, requirePerson, userId } from "./facts.ts";
import type { AdminPorts } from "./ports.ts";

/** Switches a channel, for one account or for everyone. */
export const setChannel = defineTool({
  ...changes,
  name: "set_channel",
  title: "Switch a channel",
  description:
    "Switches a channel for one account, or without a person for everyone. What is off for everyone is off, whatever is set for an account.",
  input: z.object({
    channel: channelName,
    enabled: z.boolean().nullable().describe("null takes back what was set for an account."),
    userId: userId.optional(),
  }),
  output: z.object({ channel: z.string(), enabled: z.boolean().nullable(), userId: z.string().nullable() }),
  async run(input, ctx: Call & AdminPorts) {
    const { channel, enabled } = input;
    // Off is one click; what may open a way in again is not.
    if (enabled !== false) requirePresence(ctx.principal);
    if (input.userId !== undefined) {
      await requirePerson(ctx, input.userId);
      await ctx.all.setUserChannel(input.userId, channel, enabled, ctx.now);
    } else if (enabled === null) {
      throw new AppError("invalid_input", "For everyone a channel is on or off.");
    } else {
      await ctx.all.switchChannel(channel, enabled, ctx.now);
    }
    const data = { channel, enabled, userId: input.userId ?? null };
    return { text: "The channel is switched. It holds from the next call.", data };
  },
});
