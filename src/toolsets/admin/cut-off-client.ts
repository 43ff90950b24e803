import * as z from "zod";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { changes, noSuchClient } from "./facts.ts";
import type { AdminPorts } from "./ports.ts";

/** Switches a client off for everyone: its links stay, and every call of theirs is refused. */
export const cutOffClient = defineTool({
  ...changes,
  name: "cut_off_client",
  title: "Cut off an assistant",
  description: "Refuses every call, refresh and new link of a client, until it is restored.",
  input: z.strictObject({ clientId: z.string().min(1).max(500) }),
  output: z.object({ clientId: z.string(), disabled: z.boolean() }),
  async run({ clientId }, { all, now }: Call & AdminPorts) {
    if (!(await all.cutOffClient(clientId, now))) throw noSuchClient();
    return { text: "The assistant is cut off. Its next call will be refused.", data: { clientId, disabled: true } };
  },
});
