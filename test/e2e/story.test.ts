import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import * as z from "zod";
import { startBellhop } from "../bellhop.ts";
import { openBrowser, screenshot } from "../browser.ts";
import { listenForCallback } from "../clients/callback.ts";
import { clientV1, clientV2, type McpClient } from "../clients/mcp-clients.ts";
import { type LinkMemory, linkMemory } from "../clients/memory-provider.ts";
import { declineLink, linkAccount, signIn } from "./person.ts";

const intentsAnswer = z.object({
  intents: z.array(
    z.object({ id: z.string(), payload: z.string(), summary: z.string().nullish(), createdAt: z.iso.datetime() }),
  ),
  filesProcessed: z.number(),
  linksProcessed: z.number(),
  intentsGenerated: z.number(),
});

const paragraphs = [
  "I'm looking for a Rust engineer in Berlin who has shipped a database. I spent last year in Lisbon.",
  "We are hiring two backend developers and a product designer. Our office is in Oslo.",
  "My sister is looking for a flat in Paris. I am not looking for anything right now.",
  "Our nonprofit needs volunteers for the March food drive. The weather was lovely yesterday.",
];

const wires: readonly { name: string; make(mcpUrl: string, memory: LinkMemory): McpClient }[] = [
  { name: "official client v1", make: clientV1 },
  { name: "official client v2, 2025 revisions", make: (url, memory) => clientV2(url, memory, "legacy") },
  { name: "official client v2, 2026-07-28", make: (url, memory) => clientV2(url, memory, { pin: "2026-07-28" }) },
];

async function useTools(client: McpClient): Promise<void> {
  const names = (await client.listTools()).map((tool) => tool.name);
  assert.deepEqual(names.toSorted(), [
    "account_report",
    "approval_status",
    "archive_intent",
    "delete-items",
    "echo",
    "extract_intent",
    "get-items",
    "job_status",
    "perform-item-action",
  ]);
  for (const text of paragraphs) {
    const result = await client.callTool("extract_intent", { fullInputText: text });
    assert.equal(result.isError, false, result.text);
    const answer = intentsAnswer.parse(result.data);
    assert.equal(answer.intentsGenerated, answer.intents.length);
    assert.match(String(result.meta["bellhop/receiptId"]), /^[0-9a-f-]{36}$/);
  }
  const engineer = intentsAnswer.parse(
    (await client.callTool("extract_intent", { fullInputText: paragraphs[0] })).data,
  );
  assert.match(engineer.intents.map((intent) => intent.payload).join("\n"), /Rust engineer in Berlin/);
  const none = intentsAnswer.parse((await client.callTool("extract_intent", { fullInputText: paragraphs[2] })).data);
  assert.deepEqual(none.intents, [], "another person's wish, and a denied one, are no intents");
  const echo = await client.callTool("echo", { text: "hello" });
  assert.deepEqual(echo.data, { text: "hello" });
  const wrong = await client.callTool("extract_intent", { fullInputText: 7 });
  assert.equal(wrong.isError, true);
  assert.match(wrong.text, /fullInputText/);
  await assert.rejects(client.callTool("no-such-tool", {}), /no tool named no-such-tool/);
}

async function readWidgets(client: McpClient): Promise<void> {
  const uris = (await client.listResources()).map((resource) => resource.uri);
  const names = ["echo", "intent-display", "list-view"];
  const plain = names.map((name) => `ui://widget/${name}.html`);
  assert.deepEqual(uris.filter((uri) => plain.includes(uri)).toSorted(), plain);
  assert.equal(uris.filter((uri) => /^ui:\/\/widget\/[a-z-]+\.[0-9a-f]{16}\.html$/.test(uri)).length, names.length);
  for (const uri of uris) {
    const [page] = await client.readResource(uri);
    assert.equal(page?.mimeType, plain.includes(uri) ? "text/html+skybridge" : "text/html;profile=mcp-app");
    assert.match(page?.text ?? "", /<!doctype html>/i);
  }
  await assert.rejects(client.readResource("ui://widget/none.html"));
}

const receiptsSeen = z.object({
  receipts: z.array(z.object({ tool: z.string(), outcome: z.string(), code: z.string().nullable() })),
});

for (const [index, wire] of wires.entries()) {
  test(`the whole story with the ${wire.name}: link, call, receipts, revoke, refused`, async (t: TestContext) => {
    const bellhop = await startBellhop(t);
    const browser = await openBrowser(t);
    const callback = await listenForCallback(t);
    const memory = linkMemory(callback.redirectUri);
    const client = wire.make(bellhop.mcpUrl, memory);
    t.after(() => client.close());
    const pictures = `story-${index + 1}`;

    await linkAccount({ bellhop, browser, client, memory, callback, address: "ana@example.com", pictures });
    await useTools(client);
    await readWidgets(client);

    const page = await browser.newPage();
    await page.goto(`${bellhop.url}/app/receipts`);
    await page.getByRole("cell", { name: "Extract intents" }).first().waitFor();
    await screenshot(page, pictures, "3-receipts");
    const seen = receiptsSeen.parse(await (await page.request.get(`${bellhop.url}/receipts?limit=100`)).json());
    assert.deepEqual(
      seen.receipts.map((receipt) => `${receipt.tool} ${receipt.code ?? receipt.outcome}`),
      [
        "no-such-tool unknown_tool",
        "extract_intent invalid_input",
        "echo ok",
        ...Array.from({ length: 6 }, () => "extract_intent ok"),
      ],
    );

    await page.goto(`${bellhop.url}/app/linked-accounts`);
    await page.getByRole("button", { name: "Revoke" }).click();
    await screenshot(page, pictures, "4-revoke");
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await screenshot(page, pictures, "5-revoked");

    const call = await fetch(bellhop.mcpUrl, {
      method: "POST",
      headers: {
        authorization: `Bearer ${memory.tokens?.access_token}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
      },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: "echo", arguments: { text: "again" } },
      }),
    });
    assert.equal(call.status, 401);
    assert.match(call.headers.get("www-authenticate") ?? "", /error="invalid_token"/);
    await assert.rejects(
      client.callTool("echo", { text: "again" }),
      "the client finds its link dead and its refresh token with it",
    );
  });
}

test("deny-reaches-client: the person declines, and the client is told access_denied", async (t) => {
  const bellhop = await startBellhop(t);
  const callback = await listenForCallback(t);
  const memory = linkMemory(callback.redirectUri);
  const client = clientV2(bellhop.mcpUrl, memory, "auto");
  const told = await declineLink({
    bellhop,
    browser: await openBrowser(t),
    client,
    memory,
    callback,
    address: "ana@example.com",
  });
  assert.equal(told.get("error"), "access_denied");
  assert.equal(told.get("state"), "state-of-this-link");
  assert.equal(told.get("iss"), bellhop.url);
  assert.equal(told.get("code"), null);
});

test("restart-keeps-link: killed after an acknowledged call, the server comes back with tokens and receipts whole", async (t) => {
  const bellhop = await startBellhop(t);
  const browser = await openBrowser(t);
  const callback = await listenForCallback(t);
  const memory = linkMemory(callback.redirectUri);
  const client = clientV2(bellhop.mcpUrl, memory, "auto");
  t.after(() => client.close());
  await linkAccount({ bellhop, browser, client, memory, callback, address: "ana@example.com" });
  const before = await client.callTool("extract_intent", { fullInputText: paragraphs[0] });
  await bellhop.kill();
  await bellhop.restart();
  const after = await client.callTool("echo", { text: "still linked" });
  assert.deepEqual(after.data, { text: "still linked" });
  const page = await browser.newPage();
  await page.goto(`${bellhop.url}/app/receipts`);
  const answer = await (await page.request.get(`${bellhop.url}/receipts`)).text();
  assert.ok(answer.includes(String(before.meta["bellhop/receiptId"])), "the acknowledged call's receipt is there");
});

test("a person who signs in again in another browser finds the same account", async (t) => {
  const bellhop = await startBellhop(t);
  const users: unknown[] = [];
  for (const browser of [await openBrowser(t), await openBrowser(t)]) {
    const page = await browser.newPage();
    await page.goto(`${bellhop.url}/app/sign-in`);
    await signIn(page, bellhop, "ana@example.com");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.getByRole("navigation").first().waitFor();
    users.push(
      z
        .object({ user: z.object({ id: z.string() }) })
        .parse(await (await page.request.get(`${bellhop.url}/api/session`)).json()).user.id,
    );
  }
  assert.equal(users[0], users[1]);
});

test("nothing secret is printed or kept readable", async (t) => {
  const bellhop = await startBellhop(t);
  const callback = await listenForCallback(t);
  const memory = linkMemory(callback.redirectUri);
  const client = clientV2(bellhop.mcpUrl, memory, "auto");
  t.after(() => client.close());
  await linkAccount({ bellhop, browser: await openBrowser(t), client, memory, callback, address: "ana@example.com" });
  const data = join(bellhop.dataDirectory, "secret");
  const master = readFileSync(data, "utf8").trim();
  const secrets = [master, memory.tokens?.access_token ?? "", memory.tokens?.refresh_token ?? ""];
  const files = readdirSync(bellhop.dataDirectory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "secret")
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
  for (const secret of secrets) {
    assert.ok(secret.length > 20);
    assert.equal(bellhop.terminal().includes(secret), false);
    assert.equal(
      files.some((file) => file.includes(secret)),
      false,
    );
  }
});
