import assert from "node:assert/strict";
import { test } from "node:test";
import pg from "pg";
import * as z from "zod";
import { createAuthenticator } from "../accounts/authenticator.ts";
import { MOST_TRIES } from "../../src/work/outbox-medium.ts";
import { type Browser, openBrowser } from "../accounts/browser.ts";
import { until } from "../bellhop.ts";
import { callTool, pkce, token } from "../clients/raw-link.ts";
import { freshPostgres } from "../database.ts";
import { cookieJar } from "../oracle/subject.ts";
import { personWith } from "../zoo/person.ts";
import { startWhole } from "./whole-server.ts";

type Server = Awaited<ReturnType<typeof startWhole>>;

const REDIRECT = "https://claude.ai/api/mcp/auth_callback";
const registered = z.object({ client_id: z.string() });
const issued = z.object({ access_token: z.string() });

const assistant = async ({ baseUrl }: Server, name = "Claude"): Promise<string> => {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ client_name: name, redirect_uris: [REDIRECT] });
  return registered.parse(await (await fetch(`${baseUrl}/register`, { method: "POST", headers, body })).json())
    .client_id;
};

/** What whoever holds this session agrees to. @returns the code and its verifier: all that tokens are fetched with. */
async function consent({ baseUrl }: Server, session: string | null, clientId: string) {
  const jar = cookieJar();
  jar.take(new Response(null, { headers: { "set-cookie": `bellhop-session=${session}` } }));
  const { verifier, challenge } = pkce();
  const asked = { response_type: "code", client_id: clientId, redirect_uri: REDIRECT, scope: "mcp:invoke profile" };
  const query = new URLSearchParams({ ...asked, code_challenge: challenge, code_challenge_method: "S256" });
  const target = await personWith(baseUrl, jar).allow(`${baseUrl}/authorize?${query}`);
  return { code: target.searchParams.get("code") ?? "", code_verifier: verifier, client_id: clientId };
}

const fetchTokens = ({ baseUrl }: Server, proof: Awaited<ReturnType<typeof consent>>): Promise<Response> =>
  token(baseUrl, { grant_type: "authorization_code", redirect_uri: REDIRECT, ...proof });

async function link(server: Server, session: string | null, clientId: string): Promise<string> {
  const answer = await fetchTokens(server, await consent(server, session, clientId));
  return issued.parse(await answer.json()).access_token;
}

/** A browser of theirs that is told by push. @returns what it was added by. */
async function subscribed({ pushes }: Server, browser: Browser) {
  const { endpoint, p256dh, auth } = pushes.subscribe((await browser.get("/api/notices")).body.pushKey);
  const added = { label: "Phone", subscription: { endpoint, keys: { p256dh, auth } } };
  assert.equal((await browser.post("/api/notices/browsers", added)).status, 201);
  return added;
}

const pushed = ({ pushes }: Server, title: string) =>
  until(`the push “${title}”`, () => pushes.received.find(({ payload }) => JSON.parse(payload).title === title));

test("a stolen cookie links an assistant: its owner is told, signs out everywhere, and its next call is refused", async (t) => {
  const server = await startWhole(t);
  const { baseUrl, peer, clock } = server;
  const ada = openBrowser(server);
  await ada.signIn("ada@example.com");
  const { endpoint } = (await subscribed(server, ada)).subscription;
  // They want no mail of what waits for them; this is no such thing.
  assert.equal((await ada.patch("/api/notices", { email: false })).status, 200);
  clock.pass(3600);
  const stolen = ada.session;
  const echo = (access: string) => callTool(`${baseUrl}/mcp`, access, "echo", { text: "hello" });
  const clientId = await assistant(server);
  const access = await link(server, stolen, clientId);
  assert.equal((await echo(access)).status, 200);

  await t.test(
    "by mail, though mail of questions is off, and by push: which one, when, and where it is ended",
    async () => {
      const { subject, text } = await peer.take("ada@example.com", /linked/);
      assert.equal(subject, `An assistant was linked at ${new URL(baseUrl).host}`);
      assert.match(
        text,
        /\n\nIt calls itself: “Claude”\nIt answers at: claude\. ai\nIt may:\n- Use the tools for you\n- See who you are/,
      );
      assert.match(text, /When: \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
      assert.ok(text.includes(`If this was not you, cut it off: ${baseUrl}/app/linked-accounts\n`));
      const push = await pushed(server, "An assistant was linked");
      assert.equal(push.endpoint, endpoint);
      assert.equal(JSON.parse(push.payload).path, "/app/linked-accounts");
      assert.doesNotMatch(push.payload, /Claude/, "locked screens are public");
    },
  );

  await t.test("of a further link of the same assistant, too: its client is the same for everybody", async () => {
    await link(server, stolen, clientId);
    await peer.take("ada@example.com", /linked/);
    assert.equal((await ada.get("/api/grants")).body.grants.length, 2);
  });

  await t.test("signing out everywhere leaves links, unless they are to end too", async () => {
    for (const body of [{}, { links: false }]) {
      assert.equal((await ada.post("/api/sign-out-everywhere", body)).status, 204);
      await ada.signIn("ada@example.com");
      assert.equal((await echo(access)).status, 200);
    }
    assert.equal((await ada.post("/api/sign-out-everywhere", { links: "yes" })).body.error, "invalid_input");
    // Agreed to, and not fetched yet.
    const waiting = await consent(server, ada.session, await assistant(server, "Waiting"));
    assert.equal((await ada.post("/api/sign-out-everywhere", { links: true })).status, 204);
    assert.equal((await echo(access)).status, 401);
    const late = await fetchTokens(server, waiting);
    assert.deepEqual([late.status, (await late.json()).error], [400, "invalid_grant"]);
    await ada.signIn("ada@example.com");
    assert.deepEqual((await ada.get("/api/grants")).body.grants, []);
    const { receipts } = (await ada.get("/receipts?tool=sign_out_everywhere&outcome=ok")).body;
    assert.equal(receipts.length, 3);
  });
});

test("a passkey, a way to sign in more or less, and a browser that shows notices are told of, each once", async (t) => {
  const server = await startWhole(t);
  const { baseUrl, peer } = server;
  const ada = openBrowser(server);
  await ada.signIn("ada@example.com");
  const told = async (title: string, to = "ada@example.com") => {
    const { text } = await peer.take(to, new RegExp(`^${title} at `));
    assert.ok(text.startsWith(`${title}.\n\nWhen: `), text);
    assert.ok(text.includes(`${baseUrl}/app/settings\n`));
  };
  await subscribed(server, ada);
  await told("A browser was added that shows your notices");
  const { body: options } = await ada.post("/api/passkeys/options", {});
  const passkey = { label: "Laptop", credential: createAuthenticator(baseUrl).create(options) };
  assert.equal((await ada.post("/api/passkeys", passkey)).status, 201);
  await told("A passkey was added");
  await pushed(server, "A passkey was added");
  const add = async (email: string) => ada.post("/api/identities/email/verify", await ada.askForCode(email));
  const { status, body } = await add("second@example.com");
  assert.equal(status, 201);
  await told("A way to sign in was added");
  await told("A way to sign in was added", "second@example.com");
  assert.equal((await ada.delete(`/api/identities/${body.identity.id}`)).status, 204);
  await told("A way to sign in was removed");
  assert.match((await peer.take("second@example.com", /removed/)).text, /does not lead into that account any more/);
  // The same way once more: nothing is new.
  assert.equal((await add("ada@example.com")).status, 201);
  const [{ id: passkeyId }] = (await ada.get("/api/passkeys")).body.passkeys;
  assert.equal((await ada.delete(`/api/passkeys/${passkeyId}`)).status, 200);
  await told("A passkey was removed");
  const [{ id: browserId }] = (await ada.get("/api/notices")).body.browsers;
  assert.equal((await ada.delete(`/api/notices/browsers/${browserId}`)).status, 200);
  await told("A browser was removed that showed your notices");
  await pushed(server, "A browser was removed that showed your notices");
  // By another account on the same machine, too, which needs no proof of Ada.
  const target = await subscribed(server, ada);
  await told("A browser was added that shows your notices");
  const eve = openBrowser(server);
  await eve.signIn("eve@example.com");
  assert.equal((await eve.post("/api/notices/browsers", target)).status, 201);
  await told("A browser was added that shows your notices", "eve@example.com");
  await told("A browser was removed that showed your notices");
  const { messages } = (await ada.get("/api/export")).body;
  const mails = messages.filter(({ medium }: { medium: string }) => medium === "mail");
  assert.deepEqual(mails.map(({ kind }: { kind: string }) => kind).toSorted(), [
    "browser_added",
    "browser_added",
    "browser_removed",
    "browser_removed",
    "identity_added",
    "identity_added",
    "identity_removed",
    "identity_removed",
    "passkey_added",
    "passkey_removed",
  ]);
});

test("who takes an account over by a fresh session cannot keep it from its owner, also while no mail is taken", async (t) => {
  const server = await startWhole(t, {
    backoff: { firstMs: 50, mostMs: 100 },
    foreseen: /The message could not be sent/,
  });
  const { baseUrl, peer } = server;
  const thief = openBrowser(server);
  await thief.signIn("ada@example.com");
  const own = (await thief.get("/api/session")).body.user.identities[0].id;
  const proof = await thief.askForCode("thief@example.com");
  peer.refuseWith("451 4.3.0 Try again later");
  assert.equal((await thief.post("/api/identities/email/verify", proof)).status, 201);
  assert.equal((await thief.delete(`/api/identities/${own}`)).status, 204);
  await link(server, thief.session, await assistant(server));
  // As in an outage of hours: more tries than anything else has.
  await until("mails that were refused", () => (peer.refused() > 4 * MOST_TRIES ? true : undefined));
  peer.refuseWith(null);
  const added = await peer.take("ada@example.com", /^A way to sign in was added/);
  const removed = await peer.take("ada@example.com", /^A way to sign in was removed/);
  for (const { text } of [added, removed]) {
    assert.match(text, /This address does not lead into that account any more/);
    assert.ok(text.includes(`ask whoever runs ${new URL(baseUrl).host} to pause the account`), text);
  }
  // What came after is told to who is left.
  await peer.take("thief@example.com", /linked/);
});

test("a session that ends while something is agreed to in it takes that with it", async (t) => {
  // The database ends after the server.
  const ends: (() => unknown)[] = [];
  const url = await freshPostgres({ after: (end) => void ends.push(end) });
  const server = await startWhole(t, { settings: { DATABASE_URL: url } });
  t.after(() => Promise.all(ends.map((end) => end())));
  const ada = openBrowser(server);
  await ada.signIn("ada@example.com");
  const clientId = await assistant(server);
  const other = new pg.Client({ connectionString: url });
  // Where the test fails, it ends with its database.
  other.on("error", () => undefined);
  await other.connect();
  await other.query("begin");
  await other.query("select 1 from sessions for update");
  // It is refused with no address to go to.
  const agreeing = assert.rejects(consent(server, ada.session, clientId), /redirect_uri/);
  await until("the consent that waits", async () => {
    const { rows } = await other.query(
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return rows.length > 0 ? true : undefined;
  });
  await other.query("update sessions set revoked_at = now()");
  await other.query("commit");
  await agreeing;
  assert.deepEqual((await other.query("select 1 from oauth_codes")).rows, []);
  await other.end();
});
