import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { Webhook } from "standardwebhooks";
import * as z from "zod";
import { type App, startApp } from "../../src/app/app.ts";
import { parseConfig } from "../../src/config/config.ts";
import { freePort, preparedData } from "../bellhop.ts";
import { callTool, linkWithPrivy, type PrivyApp, privyApp } from "../clients/raw-link.ts";
import { engines, type Engine, freshPostgres } from "../database.ts";
import { newMember, PROJECT_SECRET, startSupabase } from "../upstream/supabase-project.ts";

const SECRET = `whsec_${randomBytes(32).toString("base64")}`;
const TIERS = [
  { name: "free", title: "Free", callsPerMinute: 60, perDay: { echo: 2 } },
  { name: "pro", title: "Pro", callsPerMinute: 0, bundles: ["signals"] },
];

interface House {
  readonly app: App;
  readonly privy: PrivyApp;
  now(): Date;
  /** Moves the server's clock on. */
  pass(seconds: number): void;
}

async function open(t: TestContext, engine: Engine): Promise<House> {
  const privy = await privyApp();
  let ahead = 0;
  const running: App[] = [];
  // Before its directory and its database go.
  t.after(() => running.pop()?.close());
  const database: Record<string, string> = engine === "postgres" ? { DATABASE_URL: await freshPostgres(t) } : {};
  const { config } = parseConfig({
    PORT: String(await freePort()),
    BELLHOP_DATA_DIR: await preparedData(t),
    PRIVY_APP_ID: privy.appId,
    PRIVY_VERIFICATION_KEY: privy.verificationKey,
    BELLHOP_TIERS: JSON.stringify(TIERS),
    BELLHOP_TOOL_TIERS: "extract_intent=pro",
    BELLHOP_UPGRADE_URL: "https://shop.example/plans",
    BILLING_WEBHOOK_SECRET: SECRET,
    ...database,
  });
  const now = (): Date => new Date(Date.now() + ahead * 1000);
  const silent = (): void => undefined;
  const log = {
    info: silent,
    warn: silent,
    error: (facts: object, sentence: string) => t.diagnostic(`${sentence} ${JSON.stringify(facts)}`),
  };
  const app = await startApp({ config, log, print: silent, clock: now });
  running.push(app);
  return { app, privy, now, pass: (seconds) => void (ahead += seconds) };
}

/** What `GET /api/usage` answers. */
const usage = z.object({
  tier: z.object({ name: z.string(), title: z.string(), until: z.string().nullable() }),
  bundles: z.array(z.string()),
  callsPerMinute: z.number().nullable(),
  callsToday: z.number(),
  resetsAt: z.string(),
  tools: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      usedToday: z.number(),
      perDay: z.number().nullable(),
      needs: z.string().nullable(),
    }),
  ),
  tiers: z.array(z.object({ name: z.string(), title: z.string(), callsPerMinute: z.number().nullable() })),
  upgradeUrl: z.string(),
});

/** A person's browser, signed in with Privy. */
async function browserOf({ app, privy }: House, subject: string) {
  const signedIn = await fetch(`${app.baseUrl}/api/sign-in/privy`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: app.baseUrl },
    body: JSON.stringify({ token: await privy.token({ subject, expiresIn: "90d" }) }),
  });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  const { user } = z.object({ user: z.object({ id: z.string() }) }).parse(await signedIn.json());
  const get = (path: string) => fetch(app.baseUrl + path, { headers: { cookie } });
  const used = async () => usage.parse(await (await get("/api/usage")).json());
  const tool = async (name: string) => (await used()).tools.find((one) => one.name === name);
  return { id: user.id, get, used, tool };
}

/** Sends what the billing would, signed by the reference library; the status and what became of it. */
async function bill({ app, now }: House, type: string, data: unknown, id: string = randomUUID()): Promise<string> {
  const body = JSON.stringify({ type, timestamp: now().toISOString(), data });
  const response = await fetch(`${app.baseUrl}/webhooks/billing`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(now().getTime() / 1000)),
      "webhook-signature": new Webhook(SECRET).sign(id, now(), body),
    },
    body,
  });
  const answer: unknown = await response.json();
  const { outcome, error } = Object(answer);
  return `${response.status} ${outcome ?? error}`;
}

const MONTH = 30 * 86_400;

for (const engine of engines)
  test(`a person buys, uses, and lets it end (${engine})`, async (t) => {
    const house = await open(t, engine);
    const ana = await browserOf(house, "did:privy:ana");
    const until = new Date(house.now().getTime() + MONTH * 1000).toISOString();
    const paid = {
      user: { id: ana.id },
      tier: "pro",
      status: "active",
      current_period_end: until,
      reference: "invoice-7",
    };

    await t.test("before, they see the lowest tier, what is locked, and where to get more", async () => {
      const { tier, callsPerMinute, tiers, upgradeUrl, bundles, callsToday } = await ana.used();
      assert.deepEqual(tier, { name: "free", title: "Free", until: null });
      assert.deepEqual([callsPerMinute, bundles, callsToday, upgradeUrl], [60, [], 0, "https://shop.example/plans"]);
      assert.deepEqual(
        tiers.map(({ name, callsPerMinute: rate }) => [name, rate]),
        [
          ["free", 60],
          ["pro", null],
        ],
      );
      assert.equal((await ana.tool("extract_intent"))?.needs, "Needs Pro.");
      assert.deepEqual([(await ana.tool("echo"))?.perDay, (await ana.tool("echo"))?.needs], [2, null]);
      assert.equal((await fetch(`${house.app.baseUrl}/api/usage`)).status, 401);
    });

    const link = await linkWithPrivy(house.app.baseUrl, house.privy, "did:privy:ana");
    const call = async (name: string, input: object): Promise<string> =>
      (await callTool(house.app.mcpUrl, link.access_token, name, input)).text();
    const intent = { fullInputText: "I look for a luthier in Delft." };

    await t.test("before, a locked tool is listed, and calling it is answered with the link", async () => {
      const listed = await fetch(house.app.mcpUrl, {
        method: "POST",
        headers: {
          authorization: `Bearer ${link.access_token}`,
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          "mcp-protocol-version": "2025-11-25",
        },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
      });
      assert.match(await listed.text(), /"name":"extract_intent"/);
      const refused = await call("extract_intent", intent);
      assert.match(refused, /needs Pro; you have Free\. Offer the person this link/);
      assert.match(refused, /"tier":"pro","upgradeUrl":"https:\/\/shop\.example\/plans","code":"upgrade_required"/);
    });

    await t.test("before, a day's quota is used up by what passes, and says when it begins anew", async () => {
      for (const text of ["one", "two"]) assert.match(await call("echo", { text }), new RegExp(text));
      const refused = await call("echo", { text: "three" });
      assert.match(refused, /was used 2 times today, which is all that Free holds/);
      assert.match(refused, /"retryAt":"\d{4}-\d\d-\d\dT00:00:00\.000Z".*"code":"quota_exhausted"/);
      const echo = await ana.tool("echo");
      assert.deepEqual([echo?.usedToday, echo?.perDay], [2, 2]);
    });

    await t.test("the billing says that they paid, and the very next look shows it", async () => {
      assert.equal(await bill(house, "subscription.updated", paid), "200 applied");
      const { tier, callsPerMinute, bundles } = await ana.used();
      assert.deepEqual(tier, { name: "pro", title: "Pro", until });
      assert.deepEqual([callsPerMinute, bundles], [null, ["signals"]]);
      assert.equal((await ana.tool("extract_intent"))?.needs, null, "nothing is locked any more");
      assert.match(await call("extract_intent", intent), /luthier/);
      assert.match(await call("echo", { text: "three" }), /three/);
    });

    await t.test("calls of today are counted by tool, and an assistant with the profile may read them", async () => {
      const before = (await ana.used()).callsToday;
      for (let times = 0; times < 3; times += 1) await call("get-items", {});
      const bearer = { headers: { authorization: `Bearer ${link.access_token}` } };
      const seen = usage.parse(await (await fetch(`${house.app.baseUrl}/api/usage`, bearer)).json());
      const items = seen.tools.find(({ name }) => name === "get-items");
      assert.deepEqual([seen.callsToday - before, items?.usedToday, items?.perDay], [3, 3, null]);
      const narrow = await linkWithPrivy(house.app.baseUrl, house.privy, "did:privy:ana", "read");
      const refused = await fetch(`${house.app.baseUrl}/api/usage`, {
        headers: { authorization: `Bearer ${narrow.access_token}` },
      });
      assert.equal(refused.status, 403);
    });

    await t.test("the export holds what was bought, and nothing of how it is signed", async () => {
      const exported = await (await ana.get("/api/export")).text();
      const { plan } = z.object({ plan: z.looseObject({}) }).parse(JSON.parse(exported));
      assert.match(JSON.stringify(plan), /"tier":"pro".*"lastPaymentReference":"invoice-7"/);
      assert.ok(!exported.includes("whsec_"));
    });

    await t.test("pro-expiry: when the time has come it is over, though nobody said a word", async () => {
      house.pass(MONTH - 60);
      // The browser's own session has ended meanwhile.
      const later = await browserOf(house, "did:privy:ana");
      assert.equal((await later.used()).tier.name, "pro");
      house.pass(60);
      assert.deepEqual((await later.used()).tier, { name: "free", title: "Free", until: null });
      assert.equal((await later.tool("extract_intent"))?.needs, "Needs Pro.");
    });

    await t.test("an old word of the billing brings nothing back", async () => {
      const stale = { ...paid, current_period_end: new Date(house.now().getTime() + MONTH * 1000).toISOString() };
      assert.equal(await bill(house, "subscription.deleted", { user: { id: ana.id } }), "200 applied");
      house.pass(-120);
      assert.equal(await bill(house, "subscription.updated", stale), "200 outdated");
      house.pass(120);
      assert.equal((await (await browserOf(house, "did:privy:ana")).used()).tier.name, "free");
    });
  });

test("a setting that names a tool which is none stops the start with a sentence, and leaves nothing open", async (t) => {
  const directory = await preparedData(t);
  const environment = { PORT: String(await freePort()), BELLHOP_DATA_DIR: directory };
  const silent = (): void => undefined;
  const log = { info: silent, warn: silent, error: silent };
  const start = (more: Record<string, string>) =>
    startApp({ config: parseConfig({ ...environment, ...more }).config, log, print: silent });
  await assert.rejects(
    start({ BELLHOP_TOOL_TIERS: "extract=pro" }),
    /BELLHOP_TOOL_TIERS names extract, which is no tool here/,
  );
  await assert.rejects(start({ BELLHOP_TOOL_TIERS: "delete_account=pro" }), /which is a person's own/);
  const app = await start({ BELLHOP_TOOL_TIERS: "extract_intent=pro" });
  await app.close();
});

test("metadata-role-escalation: what a provider says of role and tier changes nothing", async (t) => {
  const project = await startSupabase(t);
  const running: App[] = [];
  t.after(() => running.pop()?.close());
  const { config } = parseConfig({
    PORT: String(await freePort()),
    BELLHOP_DATA_DIR: await preparedData(t),
    SUPABASE_URL: project.url,
    SUPABASE_JWT_SECRET: PROJECT_SECRET,
  });
  const silent = (): void => undefined;
  const app = await startApp({ config, log: { info: silent, warn: silent, error: silent }, print: silent });
  running.push(app);
  const claimed = {
    role: "superadmin",
    roles: ["superadmin", "admin"],
    tier: "pro",
    plan: "pro",
    bundles: ["signals"],
  };
  const eve = { ...newMember("eve@example.com"), app_metadata: claimed, user_metadata: claimed };
  const token = await project.token(eve, new Date(), { ...claimed, aud: "authenticated" });
  const signedIn = await fetch(`${app.baseUrl}/api/sign-in/supabase`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: app.baseUrl },
    body: JSON.stringify({ token, role: "admin", tier: "pro" }),
  });
  assert.equal(signedIn.status, 200, await signedIn.clone().text());
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  const { user } = z
    .object({ user: z.object({ id: z.string(), roles: z.array(z.string()) }) })
    .parse(await signedIn.json());
  assert.deepEqual(user.roles, []);
  const ask = (method: string, path: string, body?: unknown) =>
    fetch(app.baseUrl + path, {
      method,
      headers: { origin: app.baseUrl, cookie, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const seen = usage.parse(await (await ask("GET", "/api/usage")).json());
  assert.deepEqual([seen.tier.name, seen.bundles], ["free", []]);
  assert.equal((await ask("GET", "/api/admin/users")).status, 403);
  const own = await ask("PUT", `/api/admin/users/${user.id}/tier`, { tier: "pro" });
  assert.equal(z.object({ error: z.string() }).parse(await own.json()).error, "role_required");
  await ask("PATCH", "/api/profile", { displayName: "Eve", role: "admin", tier: "pro" });
  assert.equal(usage.parse(await (await ask("GET", "/api/usage")).json()).tier.name, "free");
});
