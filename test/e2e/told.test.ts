import assert from "node:assert/strict";
import { test } from "node:test";
import { createAuthenticator } from "../accounts/authenticator.ts";
import type { PushTarget } from "../../src/kernel/ports/notify.ts";
import { type Browser, openBrowser } from "../accounts/browser.ts";
import { until } from "../bellhop.ts";
import type { PushPeer } from "../push-peer.ts";
import { startWhole } from "./whole-server.ts";

/** Asks to delete items, as an assistant does. @returns the id of what the person has to decide on. */
async function ask(
  { baseUrl }: { baseUrl: string },
  { session }: Browser,
  itemIds: readonly string[],
): Promise<string> {
  const params = { name: "delete-items", arguments: { itemIds } };
  const asked = await fetch(`${baseUrl}/api/emulator/mcp/mcp`, {
    method: "POST",
    headers: {
      cookie: `bellhop-session=${session}`,
      origin: baseUrl,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params }),
  });
  const [, answer = ""] = /^data: (\{.*\})$/m.exec(await asked.text()) ?? [];
  const { kind, id } = JSON.parse(answer).result.structuredContent.pending;
  assert.equal(kind, "approval");
  return id;
}

/** A browser of theirs that is told by push. */
async function subscribe({ pushes }: { pushes: PushPeer }, browser: Browser): Promise<PushTarget> {
  const target = pushes.subscribe((await browser.get("/api/notices")).body.pushKey);
  const { endpoint, p256dh, auth } = target;
  const subscription = { endpoint, keys: { p256dh, auth } };
  assert.equal((await browser.post("/api/notices/browsers", { label: "Phone", subscription })).status, 201);
  // It tells of itself first.
  await until("its first notice", () => pushes.received.find((push) => push.endpoint === endpoint));
  return target;
}

const items = ["travel-lisbon", "invoice-2041", "order-chairs", "newsletter-june"];

/** Other items for each number from 1 to 15. */
const someItems = (which: number): readonly string[] => items.filter((_item, index) => (which >> index) % 2 === 1);

test("a push service that says nothing holds up nobody's mail", async (t) => {
  const server = await startWhole(t);
  const [ada, hedy, grace] = [openBrowser(server), openBrowser(server), openBrowser(server)];
  await ada.signIn("ada@example.com");
  await hedy.signIn("hedy@example.com");
  await grace.signIn("grace@example.com");
  await subscribe(server, ada);
  await subscribe(server, hedy);
  const speak = server.pushes.silence();
  try {
    // As many as there are places in the outbox; ten is what may wait for one person.
    for (const one of [ada, hedy]) for (let more = 1; more <= 10; more += 1) await ask(server, one, someItems(more));
    await until("the pushes that are not answered", () => (server.pushes.held() === 20 ? true : undefined));
    await ask(server, grace, ["invoice-2041"]);
    for (const address of ["ada@example.com", "grace@example.com"])
      assert.match((await server.peer.take(address, /approval/)).text, /Delete items/);
    assert.equal(server.pushes.held(), 20, "it still says nothing");
  } finally {
    // Else a server that waits for it could not close.
    speak();
  }
  await until("the push", () => server.pushes.received.find(({ payload }) => payload.includes("/app/approvals/")));
});

test("a person is told of what an assistant asks, and approves it with a passkey where a click is not enough", async (t) => {
  const server = await startWhole(t);
  const { baseUrl, peer, pushes, clock } = server;
  const browser = openBrowser(server);
  await browser.signIn("ada@example.com");
  const authenticator = createAuthenticator(baseUrl);

  const { body: options } = await browser.post("/api/passkeys/options", {});
  const passkey = { label: "Laptop", credential: authenticator.create(options) };
  const added = await browser.post("/api/passkeys", passkey);
  assert.equal(added.status, 201, JSON.stringify(added.body));
  const { endpoint, p256dh, auth } = await subscribe(server, browser);
  clock.pass(360);

  const id = await ask(server, browser, ["travel-lisbon", "invoice-2041", "order-chairs", "newsletter-june"]);

  await t.test("told by mail and by push, once each, with the link to the card and nothing to decide by", async () => {
    const mail = await peer.take("ada@example.com", /approval/);
    assert.match(mail.text, /Delete items/);
    assert.ok(mail.text.includes(`${baseUrl}/app/approvals/${id}`));
    const pushed = await until("the push", () => pushes.received.find(({ payload }) => payload.includes(id)));
    assert.deepEqual([pushed.endpoint, JSON.parse(pushed.payload).path], [endpoint, `/app/approvals/${id}`]);
    assert.deepEqual(pushes.refused, []);
  });

  await t.test("a click is not enough, and an answer for something else is none for this", async () => {
    const { digest, strength } = (await browser.get(`/api/approvals/${id}`)).body;
    assert.equal(strength, "fresh");
    const decide = (proof?: object) =>
      browser.post(`/api/approvals/${id}/decision`, { decision: "approve", digest, ...(proof && { passkey: proof }) });
    const clicked = await decide();
    assert.deepEqual([clicked.status, clicked.body.error], [403, "fresh_sign_in_required"]);
    assert.deepEqual(clicked.body.ways, ["passkey", "sign_in"]);
    const elsewhere = await browser.post("/api/passkeys/challenge", { digest: "passkeys:add" });
    assert.equal((await decide(authenticator.get(elsewhere.body))).body.error, "passkey_refused");
    const here = await browser.post("/api/passkeys/challenge", { digest });
    const approved = await decide(authenticator.get(here.body));
    assert.equal(approved.status, 200, JSON.stringify(approved.body));
    const run = await until("the run", async () => {
      const { body } = await browser.get(`/api/approvals/${id}`);
      return body.run === "completed" || body.run === "failed" ? body.run : undefined;
    });
    assert.equal(run, "completed");
  });

  await t.test("the receipts tell of all of it, and of no key or address", async () => {
    const { receipts } = (await browser.get("/receipts")).body;
    const tools = new Set(receipts.map(({ tool }: { tool: string }) => tool));
    for (const tool of ["add_passkey", "add_notice_browser", "delete-items", "decide_approval"])
      assert.ok(tools.has(tool), tool);
    const exported = JSON.stringify((await browser.get("/api/export")).body);
    assert.match(exported, /"passkeys":\[\{"label":"Laptop"/);
    for (const kept of [endpoint, p256dh, auth, authenticator.credentialId]) assert.ok(!exported.includes(kept));
  });
});
