import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { startBellhop } from "../bellhop.ts";
import { callTool, linkWithPrivy, privyApp } from "../clients/raw-link.ts";

const intents = z.object({
  intents: z.array(
    z.object({
      id: z.string(),
      payload: z.string(),
      context: z.object({ before: z.string(), quote: z.string(), after: z.string() }),
      archivedAt: z.string().nullable(),
    }),
  ),
  next: z.string().nullable(),
});
const session = z.object({
  user: z.object({
    id: z.string(),
    label: z.string(),
    displayName: z.string().nullable(),
    identities: z.array(z.object({ id: z.string() })),
  }),
});

test("a person and their own data", async (t) => {
  const app = await privyApp();
  const bellhop = await startBellhop(t, {
    environment: { PRIVY_APP_ID: app.appId, PRIVY_VERIFICATION_KEY: app.verificationKey },
  });
  const json = { "content-type": "application/json", origin: bellhop.url };
  async function signedInAs(subject: string): Promise<string> {
    const token = await app.token({ subject });
    const response = await fetch(`${bellhop.url}/api/sign-in/privy`, {
      method: "POST",
      headers: json,
      body: JSON.stringify({ token }),
    });
    return response.headers.get("set-cookie")?.split(";")[0] ?? "";
  }
  async function signIn(subject: string) {
    const cookie = await signedInAs(subject);
    return (method: string, path: string, body?: unknown) =>
      fetch(bellhop.url + path, {
        method,
        headers: { ...(body === undefined ? { origin: bellhop.url } : json), cookie },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
  }
  const ana = await signIn("did:privy:ana");
  const bob = await signIn("did:privy:bob");
  const link = await linkWithPrivy(bellhop.url, app);
  const said = "Hello there. I'm looking for a harpsichord tuner in Leeds. Thanks!";
  await callTool(bellhop.mcpUrl, link.access_token, "extract_intent", { fullInputText: said });
  const first = intents.parse(await (await ana("GET", "/api/intents")).json()).intents[0];
  assert.ok(first);

  await t.test("a time that no calendar of the database holds is refused, not a fault", async () => {
    for (const query of ["since=0000-01-01", "until=0000-12-31T23:00:00Z", "since=0001-01-01T00:00:00%2B23:59"]) {
      assert.equal((await ana("GET", `/receipts?${query}`)).status, 400, query);
    }
    assert.equal((await ana("GET", "/receipts?since=0001-01-01&until=9999-12-31")).status, 200);
  });

  await t.test("an intent is shown in its context, found by its words, put in other words", async () => {
    assert.equal(first.context.before + first.context.quote + first.context.after, said);
    assert.equal(intents.parse(await (await ana("GET", "/api/intents?q=HARPSICHORD")).json()).intents.length, 1);
    assert.equal(intents.parse(await (await ana("GET", "/api/intents?q=drummer")).json()).intents.length, 0);
    const edited = await ana("PATCH", `/api/intents/${first.id}`, { payload: "A tuner for my harpsichord" });
    assert.equal(edited.status, 200);
    assert.equal((await ana("PATCH", `/api/intents/${first.id}`, { payload: "  " })).status, 400);
    assert.match(await (await ana("GET", "/api/intents")).text(), /A tuner for my harpsichord/);
  });

  await t.test("remove-intent: DELETE archives, restore takes it back, and nobody else can", async () => {
    assert.equal((await bob("DELETE", `/api/intents/${first.id}`)).status, 404);
    assert.equal((await bob("PATCH", `/api/intents/${first.id}`, { payload: "mine now" })).status, 404);
    const archived = await ana("DELETE", `/api/intents/${first.id}`);
    assert.match(await archived.text(), /"receiptId":"[0-9a-f-]{36}"/);
    assert.equal(intents.parse(await (await ana("GET", "/api/intents")).json()).intents.length, 0);
    assert.equal(intents.parse(await (await ana("GET", "/api/intents?archived=true")).json()).intents.length, 1);
    assert.equal((await ana("POST", `/api/intents/${first.id}/restore`, {})).status, 200);
    assert.equal(intents.parse(await (await ana("GET", "/api/intents")).json()).intents.length, 1);
  });

  await t.test("every action from the console leaves a receipt, found by search and filter", async () => {
    const receipts = await (await ana("GET", "/receipts?q=edit_intent&outcome=ok&channel=web")).text();
    assert.match(receipts, /"tool":"edit_intent","title":"Edit an intent","clientName":"Console"/);
    assert.match(await (await ana("GET", "/receipts?q=Edit%20AN%20intent")).text(), /"tool":"edit_intent"/);
    assert.doesNotMatch(await (await ana("GET", "/receipts?outcome=refused")).text(), /"outcome":"ok"/);
    assert.equal((await ana("GET", "/receipts?outcome=nonsense")).status, 400);
  });

  await t.test("the tools that the person has used are named, and nobody else's", async () => {
    const unknown = await callTool(bellhop.mcpUrl, link.access_token, "no_such_tool", {});
    await unknown.text();
    const { tools } = z
      .object({ tools: z.array(z.object({ name: z.string(), title: z.string() })) })
      .parse(await (await ana("GET", "/api/used-tools")).json());
    const titles = new Map(tools.map(({ name, title }) => [name, title]));
    assert.equal(titles.get("extract_intent"), "Extract intents");
    assert.equal(titles.get("no_such_tool"), "no_such_tool");
    assert.equal(titles.has("get-items"), false);
    assert.doesNotMatch(await (await bob("GET", "/api/used-tools")).text(), /no_such_tool/);
    assert.equal((await fetch(`${bellhop.url}/api/used-tools`)).status, 401);
  });

  await t.test("a page of another site changes nothing with the person's cookie", async () => {
    for (const [method, path] of [
      ["DELETE", "/api/account"],
      ["PATCH", "/api/profile"],
      ["POST", "/api/sign-out-everywhere"],
      ["DELETE", `/api/intents/${first.id}`],
    ] as const) {
      const response = await fetch(bellhop.url + path, {
        method,
        headers: { ...json, origin: "https://evil.example" },
        body: "{}",
      });
      assert.equal(response.status, 403, path);
    }
  });

  await t.test("a profile holds a name, and the last way to sign in stays", async () => {
    const changed = session.parse(
      await (await ana("PATCH", "/api/profile", { displayName: "  Ana \u202e Ruiz " })).json(),
    );
    assert.equal(changed.user.displayName, "Ana Ruiz");
    const [identity] = changed.user.identities;
    assert.equal((await ana("DELETE", `/api/identities/${identity?.id}`)).status, 409);
    assert.equal((await bob("DELETE", `/api/identities/${identity?.id}`)).status, 404);
  });

  await t.test("a way to sign in that is removed takes the person's other browsers with it, and no link", async () => {
    const elsewhere = await signIn("did:privy:ana");
    const token = await app.token({ subject: "did:privy:ana-at-work" });
    const added = z
      .object({ identity: z.object({ id: z.string() }) })
      .parse(await (await ana("POST", "/api/identities/privy", { token })).json());
    assert.equal((await bob("DELETE", `/api/identities/${added.identity.id}`)).status, 404);
    assert.equal((await elsewhere("GET", "/api/session")).status, 200, "a removal that is refused signs nobody out");
    assert.equal((await ana("DELETE", `/api/identities/${added.identity.id}`)).status, 204);
    assert.equal((await elsewhere("GET", "/api/session")).status, 401);
    assert.equal((await ana("GET", "/api/session")).status, 200, "the browser that did it stays signed in");
    assert.equal((await bob("GET", "/api/session")).status, 200);
    assert.equal((await callTool(bellhop.mcpUrl, link.access_token, "echo", { text: "still" })).status, 200);
  });

  await t.test("an export holds all of it and no secret", async () => {
    const response = await ana("GET", "/api/export");
    assert.match(response.headers.get("content-disposition") ?? "", /^attachment; filename="bellhop-export-/);
    const text = await response.text();
    const data = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
    assert.deepEqual(Object.keys(data).toSorted(), [
      "account",
      "approvals",
      "channels",
      "intents",
      "items",
      "jobs",
      "linkAttempts",
      "linkedAccounts",
      "messages",
      "notices",
      "operations",
      "passkeys",
      "plan",
      "receipts",
      "serviceSessions",
      "spending",
      "spent",
    ]);
    assert.match(text, /A tuner for my harpsichord/);
    for (const secret of [link.access_token, link.refresh_token]) assert.equal(text.includes(secret), false);
  });

  await t.test("an export is whole, however long it is", async () => {
    const rows = z.object({ receipts: z.array(z.object({ id: z.string() })) });
    const exported = async () => rows.parse(await (await ana("GET", "/api/export")).json()).receipts;
    const before = (await exported()).length;
    const calls = 650;
    for (let done = 0; done < calls; done += 50) {
      const batch = Array.from({ length: 50 }, (_, index) =>
        callTool(bellhop.mcpUrl, link.access_token, "echo", { text: `${done + index}` }).then((answer) =>
          answer.text(),
        ),
      );
      await Promise.all(batch);
    }
    const receipts = await exported();
    assert.equal(receipts.length, before + calls);
    assert.equal(new Set(receipts.map(({ id }) => id)).size, receipts.length, "none comes twice");
  });

  await t.test("only our own page, or the person themselves, starts an export, and not without end", async () => {
    const cy = await signedInAs("did:privy:cy");
    const take = (site?: string) =>
      fetch(`${bellhop.url}/api/export`, { headers: { cookie: cy, ...(site ? { "sec-fetch-site": site } : {}) } });
    for (const site of ["cross-site", "same-site"]) assert.equal((await take(site)).status, 403, site);
    for (const site of ["same-origin", "none"]) assert.equal((await take(site)).status, 200, site);
    const further = await Promise.all(Array.from({ length: 12 }, () => take("same-origin")));
    const refused = further.filter(({ status }) => status === 429);
    assert.equal(refused.length, 4, "ten in ten minutes");
    assert.ok(Number(refused[0]?.headers.get("retry-after")) > 0);
    assert.equal((await bob("GET", "/api/export")).status, 200, "nobody else waits for it");
  });

  await t.test("signing out everywhere ends every browser, and no link", async () => {
    const again = await signIn("did:privy:ana");
    assert.equal((await again("POST", "/api/sign-out-everywhere", {})).status, 204);
    assert.equal((await ana("GET", "/api/session")).status, 401);
    assert.equal((await bob("GET", "/api/session")).status, 200);
    assert.equal((await callTool(bellhop.mcpUrl, link.access_token, "echo", { text: "still" })).status, 200);
  });

  await t.test("deleting the account erases the person everywhere, at once, and nobody else", async () => {
    const person = await signIn("did:privy:ana");
    const { user } = session.parse(await (await person("GET", "/api/session")).json());
    assert.equal((await person("DELETE", "/api/account", { confirm: "somebody else" })).status, 400);
    assert.equal((await person("DELETE", "/api/account", { confirm: user.label })).status, 204);
    assert.equal((await person("GET", "/api/session")).status, 401);
    assert.equal((await callTool(bellhop.mcpUrl, link.access_token, "echo", { text: "gone" })).status, 401);
    assert.equal((await bob("GET", "/api/session")).status, 200);
    const newcomer = await signIn("did:privy:ana");
    assert.notEqual(session.parse(await (await newcomer("GET", "/api/session")).json()).user.id, user.id);
    assert.deepEqual(intents.parse(await (await newcomer("GET", "/api/intents?archived=true")).json()).intents, []);
  });
});
