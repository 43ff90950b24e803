import * as z from "zod";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { looks, oneMore, paged, pageInput } from "./facts.ts";
import type { AdminPorts } from "./ports.ts";

const client = z.object({
  id: z.string(),
  kind: z.string(),
  name: z.string(),
  uri: z.string().nullable(),
  redirectHosts: z.array(z.string()),
  links: z.number(),
  disabledAt: z.string().nullable(),
  createdAt: z.string(),
});

/** Every client that is known here, with the number of its links. */
export const listClients = defineTool({
  ...looks,
  name: "list_clients",
  title: "All assistants",
  description: "Every client that is known to this server, newest first, with the number of its links.",
  input: z.object(pageInput),
  output: z.object({ clients: z.array(client), next: z.string().nullable() }),
  async run(input, { all, now }: Call & AdminPorts) {
    const { shown, next } = paged(await all.clients(oneMore(input), now), input.limit);
    const clients = shown.map(({ redirectHosts, ...rest }) => ({ ...rest, redirectHosts: [...redirectHosts] }));
    return { text: `${clients.length} clients.`, data: { clients, next } };
  },
});
