import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import * as z from "zod";
import { type Bellhop, startBellhop } from "../bellhop.ts";
import { linkWithPrivy, privyApp } from "../clients/raw-link.ts";
import { hosts, openStage } from "../host/stage.ts";

const rpcAnswer = z.object({ result: z.unknown() }).or(z.object({ error: z.object({ message: z.string() }) }));
const listedTools = z.object({
  tools: z.array(
    z.object({
      name: z.string(),
      _meta: z.object({
        ui: z.object({ resourceUri: z.string().optional() }),
        "openai/outputTemplate": z.string().optional(),
      }),
    }),
  ),
});
const resource = z.object({
  contents: z.array(
    z.object({ text: z.string(), mimeType: z.string(), _meta: z.object({ ui: z.object({ csp: z.object({}) }) }) }),
  ),
});
const kept = z.object({ intents: z.array(z.object({ payload: z.string(), archivedAt: z.string().nullable() })) });

/** The last JSON document of an answer, whether it came alone or as an event stream. */
function readAnswer(text: string): unknown {
  const data = text.split("\n").findLast((line) => line.startsWith("data:"));
  return JSON.parse(data?.slice("data:".length) ?? text);
}

/** One MCP endpoint, spoken to with nothing but fetch. @throws Error with the server's words when it refuses. */
const endpoint =
  (url: string, headers: Readonly<Record<string, string>>) =>
  async (method: string, params: unknown): Promise<unknown> => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(z.object({ error_description: z.string() }).parse(JSON.parse(text)).error_description);
    const answer = rpcAnswer.parse(readAnswer(text));
    if ("error" in answer) throw new Error(answer.error.message);
    return answer.result;
  };

type Endpoint = ReturnType<typeof endpoint>;

/** A signed-in person's browser, as far as it matters here. */
async function signIn(bellhop: Bellhop, token: string) {
  const origin = { origin: bellhop.url };
  const signedIn = await fetch(`${bellhop.url}/api/sign-in/privy`, {
    method: "POST",
    headers: { ...origin, "content-type": "application/json" },
    body: JSON.stringify({ token }),
  });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  return { ...origin, cookie };
}

async function start(t: TestContext) {
  const app = await privyApp();
  const bellhop = await startBellhop(t, {
    environment: { PRIVY_APP_ID: app.appId, PRIVY_VERIFICATION_KEY: app.verificationKey },
  });
  return { app, bellhop, person: await signIn(bellhop, await app.token()) };
}

/** Reads a tool's page as a host does: by the address that the tool names for it. */
async function pageFor(mcp: Endpoint, toolName: string, older: boolean) {
  const { tools } = listedTools.parse(await mcp("tools/list", {}));
  const meta = tools.find((tool) => tool.name === toolName)?._meta;
  const uri = older ? meta?.["openai/outputTemplate"] : meta?.ui.resourceUri;
  const [page] = resource.parse(await mcp("resources/read", { uri })).contents;
  assert.ok(page);
  return { html: page.text, mimeType: page.mimeType, csp: page._meta.ui.csp };
}

test("remove-intent: from a real answer to a real removal and back, in every host", async (t) => {
  const { bellhop, person } = await start(t);
  const stage = await openStage(t);
  const archivedIntents = async () => {
    const response = await fetch(`${bellhop.url}/api/intents?archived=true`, { headers: person });
    return kept.parse(await response.json()).intents;
  };
  for (const [name, { kind, mimeType }] of Object.entries(hosts)) {
    const emulated = kind === "mcp-apps" ? "mcp" : kind;
    const mcp = endpoint(`${bellhop.url}/api/emulator/${emulated}/mcp`, person);
    stage.answer((call) => mcp("tools/call", { name: call.name, arguments: call.args }));
    const wish = `I'm looking for a harpsichord tuner who knows ${name}.`;
    const result = await mcp("tools/call", { name: "extract_intent", arguments: { fullInputText: wish } });
    const page = await pageFor(mcp, "extract_intent", mimeType !== undefined);
    const frame = await stage.show({ kind, ...page, toolName: "extract_intent", result });
    const isArchived = async () => (await archivedIntents()).some((intent) => intent.payload.includes(`knows ${name}`));
    await frame.getByRole("button", { name: /^Remove / }).click();
    await frame.getByText("All intents removed.").waitFor();
    assert.equal(await isArchived(), true, name);
    await frame.getByRole("button", { name: /^Undo / }).click();
    await frame.getByRole("heading", { name: "1 intent" }).waitFor();
    assert.equal(await isArchived(), false, name);
  }
});

test("widget-error-as-success: without the scope to write, an approval in the card is refused and shown so", async (t) => {
  const { app, bellhop } = await start(t);
  const { access_token: token } = await linkWithPrivy(bellhop.url, app, "did:privy:ana", "read");
  const mcp = endpoint(bellhop.mcpUrl, { authorization: `Bearer ${token}` });
  const stage = await openStage(t);
  stage.answer((call) => mcp("tools/call", { name: call.name, arguments: call.args }));
  const result = await mcp("tools/call", { name: "get-items", arguments: {} });
  const frame = await stage.show({
    kind: "mcp-apps",
    ...(await pageFor(mcp, "get-items", false)),
    toolName: "get-items",
    result,
  });
  await frame.getByRole("button", { name: "Approve Trip to Lisbon" }).click();
  await frame
    .getByRole("alert")
    .getByText(/needs permission that was not granted/)
    .waitFor();
  assert.equal(await frame.getByText("Approved", { exact: true }).count(), 0);
  assert.match(
    JSON.stringify(await mcp("tools/call", { name: "get-items", arguments: { filter: "Lisbon" } })),
    /"status":"open"/,
  );
});

test("a decision in a card stands in the next answer too", async (t) => {
  const { bellhop, person } = await start(t);
  const mcp = endpoint(`${bellhop.url}/api/emulator/claude/mcp`, person);
  const stage = await openStage(t);
  stage.answer((call) => mcp("tools/call", { name: call.name, arguments: call.args }));
  const ask = () => mcp("tools/call", { name: "get-items", arguments: {} });
  const page = await pageFor(mcp, "get-items", false);
  const frame = await stage.show({ kind: "claude", ...page, toolName: "get-items", result: await ask() });
  await frame.getByRole("button", { name: "Reject Invoice 2041" }).click();
  await frame.getByText("Rejected", { exact: true }).waitFor();
  const next = await stage.show({ kind: "claude", ...page, toolName: "get-items", result: await ask() });
  await next.getByText("Rejected", { exact: true }).waitFor();
});
