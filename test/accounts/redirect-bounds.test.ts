import fc from "fast-check";
import assert from "node:assert/strict";
import { eachEngine } from "../database.ts";
import { createOidcIdentity } from "../../src/adapters/identity/oidc.ts";
import { ODD_CLIENT, startOddProvider } from "../upstream/odd-provider.ts";
import { startOpenId } from "../upstream/openid.ts";
import { OURS, assertTroublePage, begin, browserAt, callbacks, company, signIn, userOf } from "./redirect-rig.ts";
import { migrations, startAccounts } from "./server.ts";
import { countRows } from "./tables.ts";

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

eachEngine("whatever comes to the addresses of sign-in", migrations, async (t, database) => {
  const peer = await startOpenId(t, callbacks);
  const server = await startAccounts(t, database, { providers: [company(peer)] });
  const browser = browserAt(server);
  const { body } = await begin(browser, "/api/sign-in/redirect", { door: "oidc" });
  const state = new URL(body.location).searchParams.get("state") ?? assert.fail();
  const names = fc.constantFrom(
    "state",
    "code",
    "error",
    "iss",
    "error_description",
    "id_token",
    "response",
    "__proto__",
  );
  const values = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(state.slice(1), "", "access_denied", "\0", peer.issuer),
  );
  let from = 0;
  const somebody = (): Record<string, string> => ({ "x-forwarded-for": `198.51.${(from += 1) >> 8}.${from & 255}` });

  await t.test("a callback answers with a page, and sends nobody anywhere", async () => {
    const channels = fc.constantFrom("web", "chatgpt", "claude");
    const query = fc.array(fc.tuple(names, values), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(channels, query, async (channel, pairs) => {
        const search = new URLSearchParams(pairs.map(([name, value]) => [name, value.toWellFormed()]));
        const response = await browser.send(`${OURS}/oauth/${channel}/callback?${search}`, { headers: somebody() });
        assert.equal(response.status, 400);
        assert.equal(response.headers.get("location"), null);
        assert.equal(response.headers.getSetCookie().length, 0);
      }),
      { numRuns: 150, seed: 4 },
    );
  });

  await t.test("a request to leave is refused or leads to the provider", async () => {
    const bodies = fc.record(
      {
        door: fc.oneof(fc.constant("oidc"), fc.string()),
        to: fc.oneof(fc.constant("/receipts"), fc.webUrl(), fc.string()),
        request: fc.oneof(fc.string(), fc.base64String()),
        channel: fc.oneof(fc.constant("claude"), fc.string(), fc.integer()),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(bodies, async (asked) => {
        const { status, body: answer } = await begin(browser, "/api/sign-in/redirect", asked, somebody());
        if (status === 200) assert.equal(new URL(answer.location).origin, peer.issuer);
        else assert.ok(status === 400 || status === 404, String(status));
      }),
      { numRuns: 150, seed: 4 },
    );
  });

  await t.test("and the one that left still comes back", async () => {
    assert.equal((await browser.open(body.location)).url, `${OURS}/app`);
  });
});

eachEngine("a provider that answers nothing", migrations, async (t, database) => {
  const peer = await startOddProvider(t);
  const odd = createOidcIdentity({
    title: "Company",
    place: { kind: "discovery", issuer: peer.url },
    clientId: ODD_CLIENT,
    clientSecret: undefined,
    scopes: "openid",
    ownOrigin: OURS,
  });
  const server = await startAccounts(t, database, { providers: [odd], patienceMs: 200 });
  const browser = browserAt(server);
  const { body } = await begin(browser, "/api/sign-in/redirect", { door: "oidc" });
  const state = new URL(body.location).searchParams.get("state") ?? "";
  peer.answer("/token", "hang");
  const query = new URLSearchParams({ code: "a-code", state, iss: peer.url });
  const response = await browser.send(`${OURS}/oauth/web/callback?${query}`);
  await assertTroublePage(response, 503, /Company takes too long to answer/);
  assert.equal(await userOf(browser), null);
});
