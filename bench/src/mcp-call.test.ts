import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, createServer } from "node:http";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import * as z from "zod";
import { ECHO_TEXT, checkCall, messageOf, prepareCall } from "./mcp-call.ts";

interface Answer {
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
}

const requestSchema = z.object({ method: z.string(), params: z.record(z.string(), z.unknown()).optional() });
type Asked = z.infer<typeof requestSchema> & { headers: IncomingHttpHeaders };

/** A server that answers each method as it is told to, and keeps what it was asked. */
async function peer(t: TestContext, answers: Record<string, Answer>): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const message = requestSchema.parse(JSON.parse(await text(request)));
    asked.push({ ...message, headers: request.headers });
    const { status = 200, body, headers = {} } = answers[message.method] ?? { status: 202, body: "" };
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  }
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close().closeAllConnections());
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return { url: `http://127.0.0.1:${address.port}/mcp`, asked };
}

const echoed = (content: string, isError = false) => ({
  jsonrpc: "2.0",
  id: 1,
  result: { isError, content: [{ type: "text", text: content }] },
});

test("a call of 2026-07-28 needs no session, and names itself in its headers", async (t) => {
  const { url, asked } = await peer(t, { "tools/call": { body: echoed(ECHO_TEXT) } });
  await checkCall(await prepareCall(url, "2026-07-28", "token"));
  const [call] = asked;
  assert.equal(asked.length, 1);
  assert.equal(call?.headers.authorization, "Bearer token");
  assert.equal(call.headers["mcp-method"], "tools/call");
  assert.equal(call.headers["mcp-name"], "echo");
  assert.equal(call.headers["mcp-protocol-version"], "2026-07-28");
});

test("a call of 2025-11-25 comes after initialize, in its session", async (t) => {
  const { url, asked } = await peer(t, {
    initialize: { body: { result: { protocolVersion: "2025-11-25" } }, headers: { "mcp-session-id": "s1" } },
    "tools/call": {
      body: `event: message\ndata: ${JSON.stringify(echoed(ECHO_TEXT))}\n\n`,
      headers: { "content-type": "text/event-stream" },
    },
  });
  await checkCall(await prepareCall(url, "2025-11-25"));
  assert.deepEqual(
    asked.map(({ method, headers }) => [method, headers["mcp-session-id"]]),
    [
      ["initialize", undefined],
      ["notifications/initialized", "s1"],
      ["tools/call", "s1"],
    ],
  );
});

test("no wrong answer passes for a fast one", async (t) => {
  const wrong: Record<string, Answer> = {
    "another text": { body: echoed("something else") },
    "an error of the tool": { body: echoed(ECHO_TEXT, true) },
    "an error of the protocol": { body: { error: { code: -32_600, message: "no" } } },
    "a refusal": { status: 401, body: echoed(ECHO_TEXT) },
  };
  for (const [what, answer] of Object.entries(wrong)) {
    const { url } = await peer(t, { "tools/call": answer });
    await assert.rejects(checkCall(await prepareCall(url, "2026-07-28")), what);
  }
});

test("of a stream the last event counts", () => {
  assert.deepEqual(messageOf("text/event-stream; charset=utf-8", 'data: {"a":1}\r\n\r\ndata:\n\ndata: {"a":2}\n\n'), {
    a: 2,
  });
});
