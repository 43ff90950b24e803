import assert from "node:assert/strict";
import { eachEngine } from "../database.ts";
import { startOpenId } from "../upstream/openid.ts";
import { type Wanderer, createWanderer } from "../upstream/wanderer.ts";
import {
  OURS,
  assertTroublePage,
  begin,
  browserAt,
  callbacks,
  company,
  signIn,
  stopAtCallback,
  userOf,
} from "./redirect-rig.ts";
import { migrations, startAccounts } from "./server.ts";
import { countRows, dumpTables } from "./tables.ts";

eachEngine("signing in at a company's own provider", migrations, async (t, database) => {
  const peer = await startOpenId(t, callbacks);
  const server = await startAccounts(t, database, { providers: [company(peer)] });
  const mailUser = async (browser: Wanderer, email: string) => {
    const { body } = await begin(browser, "/api/sign-in/email", { email });
    const [code = ""] = /\b\d{6}\b/.exec((await server.peer.take(email, /sign-in code/)).text) ?? [];
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

  await t.test("whichever process a return reaches, it is known there", async () => {
    const other = await startAccounts(t, database, { providers: [company(peer)] });
    const published = { [OURS]: server.address };
    const browser = createWanderer(published);
    const { body } = await begin(browser, "/api/sign-in/redirect", { door: "oidc", to: "/receipts" });
    published[OURS] = other.address;
    assert.equal((await browser.open(body.location)).url, `${OURS}/app/receipts`);
    assert.equal((await userOf(browser)).label, "ada@company.example (Company)");
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
