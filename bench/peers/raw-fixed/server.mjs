// The limit of node:http: read the request to its end, answer one fixed body of the size of a tools/call answer.
import { createServer } from "node:http";

const text = "The quick brown fox jumps over the lazy dog; 64 bytes of text ok";
const body = Buffer.from(
  JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    result: {
      content: [{ type: "text", text }],
      resultType: "complete",
      _meta: { "io.modelcontextprotocol/serverInfo": { name: "bench", version: "1.0.0" } },
    },
  }),
);
const headers = { "content-type": "application/json", "content-length": body.length };

createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    response.writeHead(200, headers);
    response.end(body);
  });
}).listen(Number(process.env.PORT), "127.0.0.1");
