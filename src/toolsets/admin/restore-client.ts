import * as z from "zod";
import { requirePresence } from "../../kernel/policy.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { changes, noSuchClient } from "./facts.ts";
import type { AdminPorts } from "./ports.ts";

/** Takes a cut-off of a client back: links that were not revoked meanwhile work again. */
export const restoreClient = defineTool({
  ...changes,
  name: "restore_client",
  title: "Restore an assistant",
  description: "Lets a client that was cut off link and call again.",
  input: z.strictObject({ clientId: z.string().min(1).max(500) }),
  output: z.object({ clientId: z.string(), disabled: z.boolean() }),
  async run({ clientId }, { all, principal }: Call & AdminPorts) {
    requirePresence(principal);
    if (!(await all.restoreClient(clientId))) throw noSuchClient();
    return { text: "The assistant is restored.", data: { clientId, disabled: false } };
  },
});
