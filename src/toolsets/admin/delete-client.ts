import * as z from "zod";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { ends, noSuchClient } from "./facts.ts";
import type { AdminPorts } from "./ports.ts";

/** Deletes a client: all of its links end, for everyone. */
export const deleteClient = defineTool({
  ...ends,
  name: "delete_client",
  title: "Delete an assistant",
  description: "Deletes a client and ends all of its links. To keep it from coming back, cut it off instead.",
  input: z.object({ clientId: z.string().min(1).max(500) }),
  output: z.object({ clientId: z.string(), links: z.number() }),
  async run({ clientId }, { all, now }: Call & AdminPorts) {
    const links = await all.deleteClient(clientId, now);
    if (links === null) throw noSuchClient();
    return { text: `The assistant is deleted, and ${links} links of it have ended.`, data: { clientId, links } };
  },
});
