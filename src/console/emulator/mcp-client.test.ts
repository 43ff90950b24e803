import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../api.ts";
import { createMcpClient } from "./mcp-client.ts";
import { createMessageLog } from "./message-log.ts";

function clientOf(answer: () => Promise<Response>, host: "chatgpt" | "claude" | "mcp-apps" = "claude") {
  const sent: { path: string; init: RequestInit; body: Record<string, unknown> }[] = [];
  const log = createMessageLog(() => 0);
  const client = createMcpClient({
    host,
    log,
    now: () => 0,
    send(path, init) {
      sent.push({ path, init, body: JSON.parse(String(init.body)) });
      return answer();
    },
  });
  return { client, log, sent };
}

const success = (result: unknown) => () =>
  Promise.resolve(Response.json({ jsonrpc: "2.0", id: 1, result }, { headers: { "x-request-id": "r-1" } }));

async function failure(work: Promise<unknown>): Promise<ApiError> {
  const thrown: unknown = await work.then(
    () => assert.fail("it succeeded"),
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof ApiError);
  return thrown;
}

test("a call says what MCP 2026-07-28 wants in its headers and in its envelope", async () => {
  const { client, sent } = clientOf(success({ content: [], _meta: {} }), "mcp-apps");
  const { requestId } = await client.callTool("get-items", { filter: "x" });
  assert.equal(requestId, "r-1");
  const [request] = sent;
  assert.equal(request?.path, "/api/emulator/mcp/mcp");
  const headers = new Headers(request?.init.headers);
  assert.equal(headers.get("mcp-protocol-version"), "2026-07-28");
  assert.equal(headers.get("mcp-method"), "tools/call");
  assert.equal(headers.get("mcp-name"), "get-items");
  const { _meta, ...params } = Object(request?.body["params"]);
  assert.deepEqual(params, { name: "get-items", arguments: { filter: "x" } });
  assert.equal(_meta["io.modelcontextprotocol/protocolVersion"], "2026-07-28");
});

test("a name that a header cannot carry goes in Base64", async () => {
  const { client, sent } = clientOf(success({ content: [] }));
  const names = ["naïve", " a", "", "a\nb", "=?base64?eA==?="];
  for (const name of names) await client.callTool(name, {});
  for (const [index, name] of names.entries()) {
    const header = new Headers(sent[index]?.init.headers).get("mcp-name") ?? "";
    const coded = /^=\?base64\?(.*)\?=$/.exec(header)?.[1] ?? "";
    assert.equal(Buffer.from(coded, "base64").toString("utf8"), name);
  }
});

test("every error becomes its sentence, its code and the request id to quote", async () => {
  const rpc = { jsonrpc: "2.0", id: 1, error: { code: -32602, message: "There is no tool named x." } };
  const headers = { "x-request-id": "r-2" };
  const wrong = clientOf(() => Promise.resolve(Response.json(rpc, { headers }))).client;
  const first = await failure(wrong.callTool("x", {}));
  assert.equal(first.message, "There is no tool named x.");
  assert.equal(first.facts.code, "-32602");
  assert.equal(first.facts.requestId, "r-2");
  const ours = { error: "authentication_required", error_description: "Nobody is signed in.", request_id: "r-3" };
  const out = clientOf(() => Promise.resolve(Response.json(ours, { status: 401 }))).client;
  const second = await failure(out.listTools());
  assert.deepEqual([second.facts.code, second.facts.requestId], ["authentication_required", "r-3"]);
  const gone = clientOf(() => Promise.reject(new TypeError("Failed to fetch"))).client;
  assert.equal((await failure(gone.listTools())).facts.code, "no_answer");
  const strange = clientOf(() => Promise.resolve(new Response("<html>", { status: 502 }))).client;
  assert.equal((await failure(strange.listTools())).facts.code, "strange_answer");
  const odd = clientOf(success({ tools: [{ name: 7 }] })).client;
  assert.equal((await failure(odd.listTools())).facts.code, "strange_answer");
  const empty = clientOf(success({ contents: [{ uri: "ui://a" }] })).client;
  assert.equal((await failure(empty.readPage("ui://a"))).facts.code, "page_missing");
});

test("a call that is stopped says so, and nothing else", async () => {
  const stopper = new AbortController();
  stopper.abort();
  const { client, log } = clientOf(() => Promise.reject(new DOMException("Stopped.", "AbortError")));
  await assert.rejects(client.callTool("echo", {}, stopper.signal), { name: "AbortError" });
  assert.equal(log.entries().at(-1)?.note, "stopped");
});

test("both messages of an exchange are in the log, with how it ended", async () => {
  const { client, log } = clientOf(success({ content: [], isError: true }));
  await client.callTool("echo", {});
  assert.deepEqual(
    log.entries().map(({ from, to, title, note }) => [from, to, title, note]),
    [
      ["host", "server", "tools/call echo", ""],
      ["server", "host", "tools/call echo", "failed, 0 ms"],
    ],
  );
});
