import assert from "node:assert/strict";
import { createOidcIdentity } from "../../src/adapters/identity/oidc.ts";
import { createSupabaseIdentity } from "../../src/adapters/identity/supabase.ts";
import type { IdentityProvider } from "../../src/kernel/ports/identity.ts";
import { eachEngine } from "../database.ts";
import { OPENID_CLIENT, OPENID_SECRET, type OpenIdPeer, startOpenId } from "../upstream/openid.ts";
import { ANON_KEY, PROJECT_SECRET, newMember, startSupabase } from "../upstream/supabase-project.ts";
import { type Wanderer, createWanderer } from "../upstream/wanderer.ts";
import { type AccountServer, migrations, startAccounts } from "./server.ts";
import { countRows, dumpTables } from "./tables.ts";

const OURS = "http://localhost:3002";
const callbacks = ["web", "chatgpt", "claude"].map((channel) => `${OURS}/oauth/${channel}/callback`);

const company = (peer: OpenIdPeer): IdentityProvider =>
  createOidcIdentity({
    title: "Company",
    place: { kind: "discovery", issuer: peer.issuer },
    clientId: OPENID_CLIENT,
    clientSecret: OPENID_SECRET,
    scopes: "openid email offline_access",
    ownOrigin: OURS,
  });

const browserAt = (server: AccountServer): Wanderer => createWanderer({ [OURS]: server.address });

/** Asks our server where to go, as its page does. */
async function begin(browser: Wanderer, path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await browser.send(`${OURS}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: OURS, ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

const signIn = async (browser: Wanderer, body: Record<string, string> = {}) => {
  const { body: asked } = await begin(browser, "/api/sign-in/redirect", { door: "oidc", ...body });
  return browser.open(asked.location);
};

const userOf = async (browser: Wanderer) => {
  const response = await browser.send(`${OURS}/api/session`);
  return response.status === 200 ? (await response.json()).user : null;
};

/** Goes to the provider, and stops at our callback without opening it. */
async function stopAtCallback(browser: Wanderer, begun: string): Promise<string> {
  let url = begun;
  while (!url.startsWith(`${OURS}/oauth/`)) {
    const response = await browser.send(url);
    url = new URL(response.headers.get("location") ?? assert.fail(`no way on from ${url}`), url).href;
  }
  return url;
}

/** What every page for a browser that is back keeps to. */
async function assertTroublePage(response: Response, status: number, words: RegExp): Promise<void> {
  assert.equal(response.status, status);
  const page = await response.text();
  assert.match(page, words);
  assert.match(page, /<h1>(You are not signed in|Nothing was added)<\/h1>/);
  assert.match(response.headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
  assert.equal(response.headers.get("referrer-policy"), "no-referrer");
  assert.equal(response.headers.get("cache-control"), "no-store");
  for (const [, link = ""] of page.matchAll(/href="([^"]*)"/g)) assert.ok(link.startsWith(`${OURS}/app`), link);
}

eachEngine("signing in at a company's own provider", migrations, async (t, database) => {
  const peer = await startOpenId(t, callbacks);
  const server = await startAccounts(t, database, { providers: [company(peer)] });
  const mailUser = async (browser: Wanderer, email: string) => {
    const { body } = await begin(browser, "/api/sign-in/email", { email });
    const [code = ""] = /\b\d{6}\b/.exec((await server.peer.take(email)).text) ?? [];
    await begin(browser, "/api/sign-in/email/verify", { challenge: body.challenge, code });
    return userOf(browser);
  };

  await t.test("a page learns of it, and only our own page can send somebody there", async () => {
    const options = await (await browserAt(server).send(`${OURS}/api/sign-in`)).json();
    assert.deepEqual(options.providers.at(-1), { id: "oidc", title: "Company", way: "redirect" });
    const elsewhere = await begin(
      browserAt(server),
      "/api/sign-in/redirect",
      { door: "oidc" },
      { origin: "https://evil.example" },
    );
    assert.deepEqual([elsewhere.status, elsewhere.body.error], [403, "forbidden_origin"]);
    const unknown = await begin(browserAt(server), "/api/sign-in/redirect", { door: "made-up" });
    assert.deepEqual([unknown.status, unknown.body.error], [404, "not_found"]);
    assert.equal(await countRows(database, "departures"), 0);
  });

  await t.test("from our page, by the provider's, back to where the person was", async () => {
    const browser = browserAt(server);
    const { url, hops } = await signIn(browser, { to: "/receipts" });
    assert.equal(url, `${OURS}/app/receipts`);
    assert.ok(hops.some((hop) => hop.startsWith(`${OURS}/oauth/web/callback?`)));
    const user = await userOf(browser);
    assert.equal(user.label, "ada@company.example (Company)");
    assert.deepEqual(
      user.identities.map(({ issuer }: { issuer: string }) => issuer),
      [peer.issuer],
    );
    assert.equal(await countRows(database, "departures"), 0, "a departure is used up");
    const again = browserAt(server);
    await signIn(again);
    assert.equal((await userOf(again)).id, user.id);
  });

  await t.test("to the consent page with its request, by the address of the assistant that links", async () => {
    for (const channel of ["chatgpt", "claude", "mcp"]) {
      const browser = browserAt(server);
      const { url, hops } = await signIn(browser, { request: "a_Sealed-handle", channel });
      assert.equal(url, `${OURS}/app/consent?request=a_Sealed-handle`);
      const used = channel === "mcp" ? "web" : channel;
      assert.ok(hops.some((hop) => hop.startsWith(`${OURS}/oauth/${used}/callback?`)));
    }
  });

  await t.test("nowhere else, whatever a request names", async () => {
    for (const body of [
      { to: "https://evil.example" },
      { to: "//evil.example" },
      { to: "/../evil" },
      { request: "x&redirect=//evil" },
      { request: "javascript:alert(1)" },
    ]) {
      const { status } = await begin(browserAt(server), "/api/sign-in/redirect", { door: "oidc", ...body });
      assert.equal(status, 400, JSON.stringify(body));
    }
  });

  await t.test("whoever declines there sees so, and can go back", async () => {
    const browser = browserAt(server);
    const { person } = peer;
    peer.person = null;
    const { response } = await signIn(browser, { to: "/receipts" });
    peer.person = person;
    await assertTroublePage(response, 400, /You did not sign in at Company/);
    assert.equal(await userOf(browser), null);
  });

  await t.test("a return works once, in the browser that left, by the address that it left for", async () => {
    const browser = browserAt(server);
    const { body } = await begin(browser, "/api/sign-in/redirect", { door: "oidc" });
    const url = await stopAtCallback(browser, body.location);
    const thief = browserAt(server);
    await assertTroublePage(await thief.send(url), 400, /begun in another browser/);
    await signIn(thief);
    await assertTroublePage(await thief.send(url), 400, /begun in another browser/);
    const twice = await Promise.all([browser.send(url), browser.send(url), browser.send(url)]);
    assert.deepEqual(twice.map(({ status }) => status).toSorted(), [303, 400, 400]);
    await assertTroublePage(await browser.send(url), 400, /was used already/);
    const other = browserAt(server);
    const second = await begin(other, "/api/sign-in/redirect", { door: "oidc" });
    const moved = (await stopAtCallback(other, second.body.location)).replace("/oauth/web/", "/oauth/claude/");
    await assertTroublePage(await other.send(moved), 400, /was used already/);
    assert.equal(await userOf(other), null);
  });

  await t.test("a return that is too late is refused, and swept", async () => {
    const browser = browserAt(server);
    const { body } = await begin(browser, "/api/sign-in/redirect", { door: "oidc" });
    const url = await stopAtCallback(browser, body.location);
    await begin(browser, "/api/sign-in/redirect", { door: "oidc" });
    server.clock.pass(901);
    await assertTroublePage(await browser.send(url), 400, /too old/);
    await server.accounts.sweep();
    assert.equal(await countRows(database, "departures"), 0);
    server.clock.pass(-901);
  });

  await t.test("a callback that nobody left for, or that holds garbage, gets a page and never a 5xx", async () => {
    const browser = browserAt(server);
    await begin(browser, "/api/sign-in/redirect", { door: "oidc" });
    const queries = [
      "",
      "?",
      "?code=x",
      "?state=",
      "?state=x&state=y",
      "?error=access_denied",
      `?state=${"x".repeat(9000)}`,
    ];
    const odd = ["?state=%00", "?state=%ED%A0%80", "?__proto__=1", "?code=javascript:alert(1)&state=x"];
    for (const query of [...queries, ...odd]) {
      const response = await browser.send(`${OURS}/oauth/web/callback${query}`);
      await assertTroublePage(response, 400, /./);
    }
    assert.equal((await browser.send(`${OURS}/oauth/made-up/callback?code=x`)).status, 404);
  });

  await t.test("a signed-in person adds it, and it joins no account by an equal address", async () => {
    peer.person = { id: "grace-at-company", email: "grace@company.example" };
    const byMail = await mailUser(browserAt(server), "grace@company.example");
    const fresh = browserAt(server);
    await signIn(fresh);
    assert.notEqual((await userOf(fresh)).id, byMail.id, "an equal address is not the same person");

    peer.person = { id: "hedy-at-company", email: "hedy@company.example" };
    const hedy = browserAt(server);
    const user = await mailUser(hedy, "hedy@example.com");
    const { body } = await begin(hedy, "/api/identities/redirect", { door: "oidc" });
    const { url } = await hedy.open(body.location);
    assert.equal(url, `${OURS}/app/settings`);
    const now = await userOf(hedy);
    assert.deepEqual([now.id, now.identities.length], [user.id, 2]);

    const eve = browserAt(server);
    await mailUser(eve, "eve@example.com");
    const taken = await begin(eve, "/api/identities/redirect", { door: "oidc" });
    await assertTroublePage(
      (await eve.open(taken.body.location)).response,
      400,
      /Nothing was added[^]*already belongs to another account/,
    );
    assert.equal((await userOf(eve)).identities.length, 1);
  });

  await t.test("adding needs a person, and the same one at the end", async () => {
    const nobody = await begin(browserAt(server), "/api/identities/redirect", { door: "oidc" });
    assert.deepEqual([nobody.status, nobody.body.error], [401, "authentication_required"]);
    const browser = browserAt(server);
    await mailUser(browser, "mary@example.com");
    peer.person = { id: "other-at-company", email: "other@company.example" };
    const { body } = await begin(browser, "/api/identities/redirect", { door: "oidc" });
    const url = await stopAtCallback(browser, body.location);
    await browser.send(`${OURS}/api/session`, { method: "DELETE", headers: { origin: OURS } });
    await assertTroublePage(await browser.send(url), 400, /somebody else now, so nothing was added/);
  });

  await t.test("nothing in the database opens anything", async () => {
    const browser = browserAt(server);
    peer.person = { id: "vera-at-company", email: "vera@company.example" };
    const { body } = await begin(browser, "/api/sign-in/redirect", { door: "oidc" });
    const left = new URL(body.location).searchParams;
    const before = await dumpTables(database);
    await browser.open(body.location);
    const { id: userId } = await userOf(browser);
    const { token } = await server.accounts.upstreamToken(userId, "oidc");
    const kept = before + (await dumpTables(database));
    const secrets = [left.get("state"), left.get("nonce"), ...browser.cookies(OURS).values(), token];
    for (const secret of secrets) {
      assert.ok(secret && secret.length > 20);
      assert.ok(!kept.includes(secret));
      assert.ok(!kept.includes(Buffer.from(secret).toString("hex")));
    }
  });
});

eachEngine("signing in with a Supabase project", migrations, async (t, database) => {
  const start = Date.parse("2026-11-20T08:00:00Z");
  const clock = { now: () => new Date(start) };
  const project = await startSupabase(t, { clock: () => clock.now() });
  const supabase = createSupabaseIdentity({
    url: project.url,
    jwtSecret: PROJECT_SECRET,
    anonKey: ANON_KEY,
    offers: ["email", "google"],
  });
  const server = await startAccounts(t, database, { providers: [supabase] });
  clock.now = server.clock;

  await t.test("by one of its providers, which gives no state back", async () => {
    const browser = browserAt(server);
    const { body } = await begin(browser, "/api/sign-in/redirect", { door: "supabase-google", to: "/intents" });
    const { url } = await browser.open(body.location);
    assert.equal(url, `${OURS}/app/intents`);
    assert.equal((await userOf(browser)).label, "ada@example.com (Supabase)");
  });

  await t.test("never by a code that another browser, or nobody, asked for", async () => {
    const [victim, attacker] = [browserAt(server), browserAt(server)];
    const { body } = await begin(attacker, "/api/sign-in/redirect", { door: "supabase-google" });
    const stolen = await stopAtCallback(attacker, body.location);
    await assertTroublePage(await victim.send(stolen), 400, /another browser/);
    await begin(victim, "/api/sign-in/redirect", { door: "supabase-google" });
    // The victim did leave, but with another verifier (PKCE).
    await assertTroublePage(await victim.send(stolen), 400, /not valid for this server/);
    assert.equal(await userOf(victim), null);
  });

  await t.test("by the code, and by the link, of the mail that it sends", async () => {
    const browser = browserAt(server);
    const asked = await begin(browser, "/api/sign-in/supabase/code", { email: "Grace@example.com", to: "/receipts" });
    assert.equal(asked.status, 202);
    const mail = project.mails.get("grace@example.com") ?? assert.fail();
    const wrong = await begin(browser, "/api/sign-in/supabase/verify", {
      challenge: asked.body.challenge,
      code: "000000",
    });
    assert.deepEqual([wrong.status, wrong.body.error], [400, "invalid_code"]);
    const right = await begin(browser, "/api/sign-in/supabase/verify", {
      challenge: asked.body.challenge,
      code: mail.code,
    });
    assert.deepEqual([right.status, right.body.user.label], [200, "grace@example.com (Supabase)"]);
    const linked = await browser.open(mail.link);
    assert.equal(linked.url, `${OURS}/app/receipts`);
    assert.equal((await userOf(browser)).id, right.body.user.id);
    await assertTroublePage(await browserAt(server).send(mail.link), 400, /another browser/);
  });

  await t.test("metadata-role-escalation: no claim of a token makes anybody more than a person", async () => {
    const eve = {
      ...newMember("eve@example.com"),
      app_metadata: { role: "admin", roles: ["admin", "superadmin"] },
      user_metadata: { role: "superadmin", roles: ["admin"], tier: "pro" },
    };
    for (const claims of [{}, { role: "service_role" }, { roles: ["admin"], user_role: "admin", scope: "admin" }]) {
      const token = await project.token(eve, server.clock(), claims);
      const { userId } = await server.accounts.signInWithToken("supabase", token);
      assert.deepEqual([...(await server.accounts.roles(userId))], []);
    }
    const { rows } = await database.query("select * from user_roles", []);
    assert.deepEqual(rows, []);
  });

  await t.test("exchange-identity-spoof: a token is only ever its own person's", async () => {
    const token = await project.token(project.member, server.clock());
    const asEve = server.accounts.signInWithToken("supabase", token, newMember("eve@example.com").id);
    await assert.rejects(asEve, { code: "invalid_token" });
    assert.equal(
      (await server.accounts.signInWithToken("supabase", token, project.member.id)).subject,
      project.member.id,
    );
  });

  await t.test("is limited like codes of our own", async () => {
    const headers = { "x-forwarded-for": "192.0.2.77" };
    for (let count = 0; count < 5; count += 1)
      assert.equal(
        (await begin(browserAt(server), "/api/sign-in/supabase/code", { email: "t@example.com" }, headers)).status,
        202,
      );
    const refused = await begin(browserAt(server), "/api/sign-in/supabase/code", { email: "t@example.com" }, headers);
    assert.deepEqual([refused.status, refused.body.error], [429, "rate_limited"]);
  });

  await t.test("while it is down, a page says so and nobody hangs", async () => {
    const browser = browserAt(server);
    const { body } = await begin(browser, "/api/sign-in/redirect", { door: "supabase-google" });
    project.answer("/auth/v1/token", { status: 502, body: "<html>" });
    await assertTroublePage((await browser.open(body.location)).response, 503, /did not give a usable answer/);
    project.answer("/auth/v1/token", undefined);
    assert.equal(await userOf(browser), null);
  });
});

eachEngine("where no codes of our own are sent", migrations, async (t, database) => {
  const peer = await startOpenId(t, callbacks);
  const server = await startAccounts(t, database, { providers: [company(peer)], emailSignIn: false });

  await t.test("the page does not offer them, and nobody gets one", async () => {
    const options = await (await browserAt(server).send(`${OURS}/api/sign-in`)).json();
    assert.deepEqual(options.providers, [{ id: "oidc", title: "Company", way: "redirect" }]);
    for (const path of ["/api/sign-in/email", "/api/sign-in/email/verify", "/api/identities/email/verify"])
      assert.equal((await begin(browserAt(server), path, { email: "ada@example.com" })).status, 404, path);
    assert.equal(await countRows(database, "sign_in_codes"), 0);
  });

  await t.test("people sign in at the provider alone, and not with a token of its", async () => {
    const browser = browserAt(server);
    await signIn(browser);
    assert.equal((await userOf(browser)).label, "ada@company.example (Company)");
    assert.equal((await begin(browser, "/api/sign-in/oidc", { token: "x" })).status, 404);
    await assert.rejects(server.accounts.signInWithToken("oidc", "x"), { code: "invalid_token" });
  });
});

eachEngine("people who leave for a provider, too many of them", migrations, async (t, database) => {
  const peer = await startOpenId(t, callbacks);
  const server = await startAccounts(t, database, { providers: [company(peer)] });
  const headers = { "x-forwarded-for": "192.0.2.44" };
  let sent = 0;
  for (; sent < 200; sent += 1) {
    const { status, body } = await begin(browserAt(server), "/api/sign-in/redirect", { door: "oidc" }, headers);
    if (status !== 200) {
      assert.deepEqual([status, body.error], [429, "rate_limited"]);
      break;
    }
  }
  assert.equal(sent, 120);
  assert.equal((await begin(browserAt(server), "/api/sign-in/redirect", { door: "oidc" })).status, 200);
});
