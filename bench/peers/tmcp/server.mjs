// tmcp as its documentation has it, bare: one server for all requests.
import { createServer } from "node:http";
import { createRequestListener } from "@remix-run/node-fetch-server";
import { ZodJsonSchemaAdapter } from "@tmcp/adapter-zod";
import { HttpTransport } from "@tmcp/transport-http";
import { McpServer } from "tmcp";
import { z } from "zod";

const server = new McpServer(
  { name: "bench", version: "1.0.0", description: "bench" },
  { adapter: new ZodJsonSchemaAdapter(), capabilities: { tools: { listChanged: true } } },
);
server.tool(
  { name: "echo", description: "Echo", schema: z.object({ text: z.string().max(1000) }) },
  async ({ text }) => ({ content: [{ type: "text", text }] }),
);
const transport = new HttpTransport(server, { path: "/mcp" });
const answer = async (request) => (await transport.respond(request)) ?? new Response(null, { status: 404 });

createServer(createRequestListener(answer)).listen(Number(process.env.PORT), "127.0.0.1");
