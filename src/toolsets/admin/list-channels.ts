import * as z from "zod";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { looks } from "./facts.ts";
import type { AdminPorts } from "./ports.ts";

/** What every channel is for everyone. */
export const listChannels = defineTool({
  ...looks,
  name: "list_channels",
  title: "Channels",
  description: "Which channels are on for everyone, and which an account has without anything being set for it.",
  input: z.object({}),
  output: z.object({
    channels: z.array(z.object({ channel: z.string(), enabled: z.boolean(), offered: z.boolean() })),
  }),
  async run(_input, { all }: Call & AdminPorts) {
    return { text: "The channels.", data: { channels: [...(await all.channels())] } };
  },
});
