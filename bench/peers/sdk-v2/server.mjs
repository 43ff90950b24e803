// The official SDK as its documentation has it, bare: no sign-in, no receipts. HTTP comes in as it does for Bellhop.
import { createServer } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";

const inputSchema = z.object({ text: z.string().max(1000) });
const handler = createMcpHandler(() => {
  const server = new McpServer({ name: "bench", version: "1.0.0" });
  server.registerTool("echo", { description: "Echo", inputSchema }, async ({ text }) => ({
    content: [{ type: "text", text }],
  }));
  return server;
});

createAdaptorServer({ fetch: (request) => handler.fetch(request), createServer }).listen(
  Number(process.env.PORT),
  "127.0.0.1",
);
