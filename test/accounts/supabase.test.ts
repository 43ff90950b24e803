import assert from "node:assert/strict";
import { createSupabaseIdentity } from "../../src/adapters/identity/supabase.ts";
import { eachEngine } from "../database.ts";
import { ANON_KEY, PROJECT_SECRET, newMember, startSupabase } from "../upstream/supabase-project.ts";
import { OURS, assertTroublePage, begin, browserAt, stopAtCallback, userOf } from "./redirect-rig.ts";
import { migrations, startAccounts } from "./server.ts";

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

  await t.test(
    "a code that it sent bears five tries, from however many networks, and only with its own challenge",
    async () => {
      const [email, path] = ["victim@example.com", "/api/sign-in/supabase/verify"];
      let network = 0;
      const guess = (challenge: string, code: string) => {
        network += 1;
        return begin(browserAt(server), path, { challenge, code }, { "x-forwarded-for": `198.51.100.${network}` });
      };
      const asked = await begin(browserAt(server), "/api/sign-in/supabase/code", { email });
      const { code } = project.mails.get(email) ?? assert.fail();
      const wrong = code === "000000" ? "000001" : "000000";
      const madeUp = await guess(Buffer.from(email).toString("base64url"), code);
      assert.deepEqual([madeUp.status, madeUp.body.error], [400, "invalid_code"]);
      for (let tries = 0; tries < 5; tries += 1) assert.equal((await guess(asked.body.challenge, wrong)).status, 400);
      const late = await guess(asked.body.challenge, code);
      assert.deepEqual([late.status, late.body.error], [400, "invalid_code"]);
      const again = await begin(browserAt(server), "/api/sign-in/supabase/code", { email });
      const fresh = project.mails.get(email)?.code ?? assert.fail();
      assert.equal((await guess(again.body.challenge, fresh)).status, 200);
    },
  );

  await t.test("with a token that says it never ends: what no calendar holds stops nobody", async () => {
    const token = await project.token(newMember("long@example.com"), server.clock(), { exp: 1e300 });
    const { userId } = await server.accounts.signInWithToken("supabase", token);
    assert.equal((await server.accounts.upstreamToken(userId, "supabase")).token, token);
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
