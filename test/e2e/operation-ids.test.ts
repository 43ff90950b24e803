import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { defineTool, defineToolset } from "../../src/kernel/tool.ts";
import { clientV1, clientV2, type ToolResult } from "../clients/mcp-clients.ts";
import { type LinkMemory, linkMemory } from "../clients/memory-provider.ts";
import { openSurfaces } from "./surfaces.ts";

const word = z.object({ word: z.string() });

/** A write that says how often it has run. */
function countingToolset(ran: string[]) {
  const count = defineTool({
    name: "count",
    title: "Count",
    description: "Use this to count a word.",
    effect: "write",
    destructive: false,
    idempotent: false,
    openWorld: false,
    scopes: ["write"],
    audience: "assistant",
    examples: [],
    input: word,
    output: word.extend({ times: z.int() }),
    async run({ word: said }) {
      const times = ran.push(said);
      return { text: `${said} was number ${times}.`, data: { word: said, times } };
    },
  });
  return defineToolset({ name: "counting", title: "Counting", tools: [count], ports: () => ({}) });
}

const METAS = "bellhop/operationId";
const HEADER = "idempotency-key";

const codeIn = ({ isError, meta }: ToolResult): string =>
  isError ? z.looseObject({ code: z.string() }).parse(meta["bellhop/error"]).code : "ok";

test("an operation id in _meta, sent by the official clients: one run, the same result, and nothing else under it", async (t) => {
  const ran: string[] = [];
  const { baseUrl, accessToken } = await openSurfaces(t, { toolsets: [countingToolset(ran)] });
  const memory = (): LinkMemory => ({
    ...linkMemory("http://127.0.0.1/callback"),
    tokens: { access_token: accessToken, token_type: "Bearer" },
  });
  const clients = {
    v1: clientV1(`${baseUrl}/mcp`, memory()),
    "v2, 2025": clientV2(`${baseUrl}/mcp`, memory(), "legacy"),
    "v2, 2026-07-28": clientV2(`${baseUrl}/mcp`, memory(), { pin: "2026-07-28" }),
  };
  for (const [name, client] of Object.entries(clients))
    await t.test(name, async (st) => {
      await client.connect();
      st.after(() => client.close());
      ran.length = 0;
      const id = { [METAS]: `operation of ${name}`.replaceAll(/[^\w-]/g, "-") };
      const first = await client.callTool("count", { word: "once" }, id);
      assert.deepEqual([codeIn(first), first.data], ["ok", { word: "once", times: 1 }]);
      assert.deepEqual(await client.callTool("count", { word: "once" }, id), first);
      assert.equal(codeIn(await client.callTool("count", { word: "other" }, id)), "operation_mismatch");
      assert.equal(codeIn(await client.callTool("echo", { text: "once" }, id)), "operation_mismatch");
      for (const wrong of ["short", "with a space", 12_345_678, "x".repeat(129)])
        assert.equal(codeIn(await client.callTool("count", { word: "never" }, { [METAS]: wrong })), "invalid_input");
      assert.deepEqual(ran, ["once"]);
      // Without one, and under another, the same is a call of its own.
      await client.callTool("count", { word: "once" });
      await client.callTool("count", { word: "once" }, { [METAS]: `${id[METAS]}-2` });
      assert.equal(ran.length, 3);
    });
});

test("the header Idempotency-Key, and _meta, mean the same wherever MCP is spoken", async (t) => {
  const ran: string[] = [];
  const { surfaces } = await openSurfaces(t, { toolsets: [countingToolset(ran)] });
  for (const [index, { name, call }] of surfaces.entries())
    await t.test(name, async () => {
      ran.length = 0;
      const id = `operation-${index}`;
      const headers = { [HEADER]: id };
      const first = await call("count", { word: "once" }, { headers });
      assert.equal(first.error, null, first.text);
      for (const sent of [{ headers }, { headers: { [HEADER]: `"${id}"` } }, { meta: { [METAS]: id } }])
        assert.deepEqual(await call("count", { word: "once" }, sent), first);
      const other = await call("count", { word: "other" }, { headers });
      assert.deepEqual([other.status, other.error?.["code"]], [200, "operation_mismatch"]);
      assert.match(other.text, /stands for a call with other arguments\. Use a new operation id/);
      const two = await call("count", { word: "never" }, { headers, meta: { [METAS]: `${id}-2` } });
      assert.equal(two.error?.["code"], "invalid_input");
      assert.equal(
        (await call("count", { word: "never" }, { headers: { [HEADER]: "short" } })).error?.["code"],
        "invalid_input",
      );
      assert.deepEqual(ran, ["once"]);
    });
});

const done = z.looseObject({ receiptId: z.string().optional() });
const refused = z.looseObject({ error: z.string() });
const receipts = z.object({ receipts: z.array(z.object({ effect: z.string(), outcome: z.string() })) });

test("the header Idempotency-Key on what the person's own pages do", async (t) => {
  const { page } = await openSurfaces(t, { toolsets: [] });
  // Of each: what it does, and the same with other arguments.
  const acts = [
    ["update_profile", "PATCH", "/api/profile", { displayName: "Ana" }, { displayName: "Eve" }],
    [
      "add_recipient",
      "POST",
      "/api/spending/recipients",
      { recipient: "rent", label: "Rent" },
      { recipient: "eve", label: "Eve" },
    ],
    ["set_recipients_only", "PATCH", "/api/spending", { recipientsOnly: true }, { recipientsOnly: false }],
    ["set_notices", "PATCH", "/api/notices", { email: true }, { email: false }],
  ] as const;
  for (const [tool, method, path, body, others] of acts)
    await t.test(`${method} ${path}`, async () => {
      const key = { [HEADER]: `operation-${tool}` };
      const send = async (given: object, headers: Record<string, string> = key) => {
        const response = await page(method, path, given, headers);
        return { status: response.status, body: await response.json() };
      };
      const first = await send(body);
      assert.equal(first.status, 200, JSON.stringify(first.body));
      const again = await send(body);
      assert.deepEqual(again, first);
      assert.equal(done.parse(again.body).receiptId, done.parse(first.body).receiptId);
      const other = await send(others);
      assert.deepEqual([other.status, refused.parse(other.body).error], [422, "operation_mismatch"]);
      const bad = await send(body, { [HEADER]: "short" });
      assert.deepEqual([bad.status, refused.parse(bad.body).error], [400, "invalid_input"]);
      const found = receipts.parse(await (await page("GET", `/receipts?tool=${tool}&outcome=ok`)).json());
      // The second one says that nothing was run again.
      assert.deepEqual(found.receipts.map(({ effect }) => effect).toSorted(), ["read", "write"]);
    });
});
