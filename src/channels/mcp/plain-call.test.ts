import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as z from "zod";
import { originPolicy } from "../../http/guards.ts";
import { createOuterRoutes } from "../../http/outer-routes.ts";
import { AppError } from "../../kernel/errors.ts";
import type { CallRequest, CallResult } from "../../kernel/call.ts";
import type { Channel } from "../../kernel/principal.ts";
import { defineTool } from "../../kernel/tool.ts";
import { createMcpChannel } from "./mcp-channel.ts";

const BASE = "http://localhost:3002";
const META = "io.modelcontextprotocol";

const echo = defineTool({
  name: "echo",
  title: "Echo",
  description: "Repeats a text.",
  effect: "read",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: ["read"],
  audience: "assistant",
  examples: [],
  input: z.object({ text: z.string() }),
  output: z.object({ text: z.string() }),
  run: async ({ text }) => ({ text, data: { text } }),
});

/** The channel alone: the door answers what the test says, and counts who came through. */
function channel(result: () => CallResult, surface: Channel = "claude") {
  const calls: CallRequest[] = [];
  const routes = createOuterRoutes(BASE, () => undefined);
  const mcp = createMcpChannel({
    baseUrl: BASE,
    version: "1.2.3",
    instructions: "Repeat.",
    origins: originPolicy(BASE, []),
    tools: [echo],
    widgets: { widgets: [], tools: [], current: () => null, find: async () => null },
    invoke: async (request) => {
      calls.push(request);
      return result();
    },
    report: () => undefined,
    authenticate: async () => ({
      userId: "u",
      clientId: "c",
      clientName: "C",
      grantId: null,
      scopes: new Set(["read"]),
      channel: surface,
      paused: false,
    }),
    emulate: () => Promise.reject(new AppError("authentication_required", "Nobody is signed in.")),
  });
  routes.route("/", mcp);
  return { routes, calls };
}

const receiptId = "01a1fc43-b919-71dd-97d7-e1d239aff8fa";
const good = (): CallResult => ({ ok: true, answer: { text: "hello", data: { text: "hello" } }, receiptId });
const refusal =
  (error: AppError): (() => CallResult) =>
  () => ({ ok: false, error, receiptId });

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly message?: Readonly<Record<string, unknown>>;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** A plain call, changed where the test says so. */
function requestOf({ headers, message, params, meta }: Sent = {}): Request {
  const envelope = {
    [`${META}/protocolVersion`]: "2026-07-28",
    [`${META}/clientInfo`]: { name: "test", version: "1" },
    [`${META}/clientCapabilities`]: { extensions: { [`${META}/ui`]: { mimeTypes: [] } } },
    ...meta,
  };
  return new Request(`${BASE}/mcp`, {
    method: "POST",
    headers: {
      host: "localhost:3002",
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "tools/call",
      "mcp-name": "echo",
      ...headers,
    },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 7,
      method: "tools/call",
      params: { name: "echo", arguments: { text: "hello" }, _meta: envelope, ...params },
      ...message,
    }),
  });
}

/** What no two answers share. */
const REQUEST_ID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f-]{21}/g;

async function answerOf(result: () => CallResult, sent: Sent, surface?: Channel) {
  const { routes, calls } = channel(result, surface);
  const response = await routes.request(requestOf(sent));
  const body: unknown = JSON.parse((await response.text()).replaceAll(REQUEST_ID, "REQUEST"));
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    challenge: response.headers.get("www-authenticate"),
    body,
    calls: calls.map(({ name, input }) => ({ name, input })),
  };
}

/** Asking for progress asks for the SDK's own server; this tool never reports any. */
const bySdk: Sent = { meta: { progressToken: 1 } };

const broken = (): never => {
  throw new Error("The receipt could not be committed.");
};

const outcomes: readonly (readonly [what: string, result: () => CallResult])[] = [
  ["an answer", good],
  ["a refusal of the input", refusal(new AppError("invalid_input", "text: must be a string."))],
  ["a scope that was not granted", refusal(new AppError("insufficient_scope", "No.", { details: { scope: "write" } }))],
  ["a sign-in behind that is dead", refusal(new AppError("relink_required", "Sign in again."))],
  ["a failure", refusal(new AppError("internal", "Something went wrong."))],
  ["a call without even a receipt", broken],
];

describe("a plain call is answered letter for letter as the SDK answers it", () => {
  for (const [what, result] of outcomes) {
    for (const surface of ["claude", "chatgpt"] as const) {
      test(`${what}, for ${surface}`, async () => {
        const plain = await answerOf(result, {}, surface);
        assert.deepEqual(plain, await answerOf(result, bySdk, surface));
        assert.deepEqual(plain.calls, [{ name: "echo", input: { text: "hello" } }]);
      });
    }
  }

  test("with an id that is text, and without arguments", async () => {
    const sent: Sent = { message: { id: "abc" }, params: { arguments: undefined } };
    assert.deepEqual(await answerOf(good, sent), await answerOf(good, { ...sent, ...bySdk }));
  });
});

/** Each breaks one rule of the revision; none may reach the door. */
const wrong: readonly (readonly [what: string, sent: Sent])[] = [
  ["a name in the header that is not the one in the body", { headers: { "mcp-name": "other" } }],
  ["a method in the header that is not the one in the body", { headers: { "mcp-method": "tools/list" } }],
  ["no client information that can be read", { meta: { [`${META}/clientInfo`]: "test" } }],
  ["capabilities that are no object", { meta: { [`${META}/clientCapabilities`]: [] } }],
  ["a revision that is not the one in the header", { meta: { [`${META}/protocolVersion`]: "2025-11-25" } }],
  ["a body that is no JSON by its type", { headers: { "content-type": "text/plain" } }],
  ["an id that is null", { message: { id: null } }],
  ["another version of JSON-RPC", { message: { jsonrpc: "1.0" } }],
  ["a name that is no text", { params: { name: 5 } }],
];

describe("what is not plain goes to the SDK", () => {
  for (const [what, sent] of wrong) {
    test(`which refuses ${what}`, async () => {
      const { status, body, calls } = await answerOf(good, sent);
      assert.ok(status < 500, `answered with ${status}`);
      assert.partialDeepStrictEqual(body, { jsonrpc: "2.0", error: {} });
      assert.deepEqual(calls, []);
    });
  }

  test("a tool that nobody defined is its to explain", async () => {
    const unknown = refusal(new AppError("unknown_tool", "There is no tool named nope."));
    const sent: Sent = { params: { name: "nope" }, headers: { "mcp-name": "nope" } };
    const { body } = await answerOf(unknown, sent);
    assert.partialDeepStrictEqual(body, { error: { code: -32602 } });
  });
});
