import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { type Bellhop, freePort, startBellhop } from "../bellhop.ts";
import { clientV2, type McpClient, type ToolResult } from "../clients/mcp-clients.ts";
import { linkMemory } from "../clients/memory-provider.ts";
import { linkWithPrivy, type PrivyApp, privyApp } from "../clients/raw-link.ts";
import { freshPostgres } from "../database.ts";

const pauseView = z.strictObject({ pausedAt: z.iso.datetime().nullable(), operatorPausedAt: z.null() });
/** As a change answers: with its receipt. */
const pauseChange = pauseView.extend({ receiptId: z.uuid() });
const refusal = z.looseObject({ error: z.string(), message: z.string().optional() });
const intentList = z.object({ intents: z.array(z.object({ id: z.string() })) });

/** What a client of MCP takes (Streamable HTTP). */
const BOTH = "application/json, text/event-stream";

/** A person's browser, signed in at one process; every process of the server knows its session. */
async function browserOf(app: PrivyApp, origin: string, at: Bellhop, subject: string) {
  const signedIn = await fetch(`${at.url}/api/sign-in/privy`, {
    method: "POST",
    headers: { "content-type": "application/json", origin },
    body: JSON.stringify({ token: await app.token({ subject }) }),
  });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  return (bellhop: Bellhop, method: string, path: string, body?: unknown, from = origin) =>
    fetch(bellhop.url + path, {
      method,
      headers: {
        cookie,
        origin: from,
        accept: BOTH,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
}

/** The official client at one process, over a link that was made before. */
async function assistantAt(bellhop: Bellhop, tokens: { access_token: string; clientId: string }): Promise<McpClient> {
  const memory = linkMemory("https://client.example/callback");
  memory.client = { client_id: tokens.clientId };
  memory.tokens = { access_token: tokens.access_token, token_type: "Bearer" };
  const client = clientV2(bellhop.mcpUrl, memory, "auto");
  await client.connect();
  return client;
}

const approve = (client: McpClient, itemId: string): Promise<ToolResult> =>
  client.callTool("perform-item-action", { itemId, action: "approve" });

function assertPaused(result: ToolResult): void {
  assert.equal(result.isError, true, result.text);
  assert.match(result.text, /paused/);
  assert.match(JSON.stringify([result.data, result.meta, result.text]), /The person has paused everything/);
}

test("a person pauses everything in the console, and all processes of the server heed it", async (t) => {
  const app = await privyApp();
  const origin = `http://localhost:${await freePort()}`;
  const environment = {
    DATABASE_URL: await freshPostgres(t),
    BELLHOP_SECRET: "one secret for both processes, long enough",
    SERVER_BASE_URL: origin,
    PRIVY_APP_ID: app.appId,
    PRIVY_VERIFICATION_KEY: app.verificationKey,
  };
  const [first, second] = await Promise.all([startBellhop(t, { environment }), startBellhop(t, { environment })]);
  const ana = await browserOf(app, origin, first, "did:privy:ana");
  const tokens = await linkWithPrivy(first.url, app);
  const assistants = [await assistantAt(first, tokens), await assistantAt(second, tokens)];
  t.after(() => Promise.all(assistants.map((client) => client.close())));
  const bens = await assistantAt(second, await linkWithPrivy(first.url, app, "did:privy:ben"));
  t.after(() => bens.close());
  const paused = async (at: Bellhop) => pauseView.parse(await (await ana(at, "GET", "/api/pause")).json()).pausedAt;

  await t.test("before, writes are done on both", async () => {
    assert.equal(await paused(first), null);
    for (const [index, client] of assistants.entries())
      assert.equal((await approve(client, ["travel-lisbon", "invoice-2041"][index] ?? "")).isError, false);
  });

  await t.test("paused, the next write is refused on both, and says so; what only reads goes on", async () => {
    const answer = await ana(first, "PUT", "/api/pause", { paused: true });
    assert.equal(answer.status, 200);
    assert.notEqual(pauseChange.parse(await answer.json()).pausedAt, null);
    for (const client of assistants) {
      assertPaused(await approve(client, "order-chairs"));
      const read = await client.callTool("get-items", { filter: "approved" });
      assert.equal(read.isError, false);
      assert.doesNotMatch(JSON.stringify(read.data), /order-chairs/);
    }
    assert.equal(await paused(second), await paused(first));
  });

  await t.test("each refused call left a receipt that says why", async () => {
    const receipts = await (await ana(second, "GET", "/receipts?tool=perform-item-action&outcome=refused")).text();
    assert.equal(receipts.split('"code":"paused"').length - 1, 2);
  });

  await t.test("nobody else is paused", async () => {
    assert.equal((await approve(bens, "order-chairs")).isError, false);
  });

  await t.test("what an assistant may do is refused to the console too; what is the person's own is not", async () => {
    const found = await assistants[0]?.callTool("extract_intent", { fullInputText: "I look for a flat in Lisbon." });
    assertPaused(found ?? assert.fail());
    const { intents } = intentList.parse(await (await ana(second, "GET", "/api/intents")).json());
    assert.deepEqual(intents, []);
    const archived = await ana(second, "DELETE", "/api/intents/0190c3a0-0000-7000-8000-000000000000");
    assert.deepEqual([archived.status, refusal.parse(await archived.json()).error], [403, "paused"]);
    assert.equal((await ana(second, "PATCH", "/api/profile", { displayName: "Ana" })).status, 200);
  });

  await t.test("the emulator is paused with all else", async () => {
    const call = async (name: string, args: unknown) => {
      const params = { name, arguments: args };
      const asked = { jsonrpc: "2.0", id: 1, method: "tools/call", params };
      return (await ana(second, "POST", "/api/emulator/claude/mcp", asked)).text();
    };
    assert.match(await call("perform-item-action", { itemId: "order-chairs", action: "approve" }), /\(paused, request/);
    assert.doesNotMatch(await call("get-items", { filter: "all" }), /isError|"error"/);
  });

  await t.test(
    "pressed again it stands since the first time; no other site, no bearer and no nonsense presses it",
    async () => {
      const since = await paused(first);
      assert.equal((await ana(second, "PUT", "/api/pause", { paused: true })).status, 200);
      assert.equal(await paused(first), since);
      assert.equal((await ana(second, "PUT", "/api/pause", { paused: false }, "https://evil.example")).status, 403);
      for (const body of [{}, { paused: "no" }, { paused: null }, { paused: false, more: 1 }, []])
        assert.equal((await ana(second, "PUT", "/api/pause", body)).status, 400, JSON.stringify(body));
      const bearer = await fetch(`${second.url}/api/pause`, {
        method: "PUT",
        headers: { origin, authorization: `Bearer ${tokens.access_token}`, "content-type": "application/json" },
        body: JSON.stringify({ paused: false }),
      });
      assert.equal(bearer.status, 401);
      assert.equal((await fetch(`${second.url}/api/pause`)).status, 401);
      assert.equal(await paused(first), since);
    },
  );

  await t.test("no assistant sees the button, or can press it", async () => {
    for (const client of assistants) {
      const names = (await client.listTools()).map(({ name }) => name);
      assert.ok(!names.some((name) => /pause|resume|spend|recipient/.test(name)), names.join(" "));
      const pressed = await client.callTool("resume_everything", {}).catch((error: unknown) => String(error));
      assert.match(JSON.stringify(pressed), /cannot be used from here|tool_not_allowed|no tool/);
    }
    assert.notEqual(await paused(first), null);
  });

  await t.test("a process that is killed and starts again is paused still", async () => {
    await second.kill();
    await second.restart();
    const again = await assistantAt(second, tokens);
    assertPaused(await approve(again, "order-chairs"));
    await again.close();
  });

  await t.test("resumed on one, the next write is done on both", async () => {
    const answer = await ana(second, "PUT", "/api/pause", { paused: false });
    assert.equal(pauseChange.parse(await answer.json()).pausedAt, null);
    for (const [index, client] of assistants.entries())
      assert.equal((await approve(client, ["order-chairs", "access-analytics"][index] ?? "")).isError, false);
  });

  await t.test("each press left a receipt", async () => {
    for (const [tool, count] of [
      ["pause_everything", 2],
      ["resume_everything", 1],
    ] as const) {
      const receipts = await (await ana(first, "GET", `/receipts?tool=${tool}&outcome=ok`)).text();
      assert.equal(receipts.split(`"tool":"${tool}"`).length - 1, count);
    }
  });
});
