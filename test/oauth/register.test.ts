import assert from "node:assert/strict";
import { sql } from "kysely";
import { AppError } from "../../src/kernel/errors.ts";
import type { LimitsPort } from "../../src/kernel/ports/limits.ts";
import { eachEngine } from "../database.ts";
import { CALLBACK, membersOf, migrations, refused, startOAuth } from "./rig.ts";

eachEngine("POST /register", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const register = (metadata: unknown) => rig.postJson("/register", metadata);

  await t.test("the answer says what holds", async () => {
    const response = await register({
      client_name: "Claude \u202eCode",
      client_uri: "https://claude.ai/",
      logo_uri: "https://evil.example/logo.svg",
      redirect_uris: [CALLBACK, "http://localhost/callback", CALLBACK],
      grant_types: ["authorization_code", "refresh_token", "implicit"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
      scope: "read mcp:invoke privy:token:exchange openid",
      application_type: "native",
    });
    assert.equal(response.status, 201);
    assert.equal(response.headers.get("cache-control"), "no-store");
    const answer = await membersOf(response);
    assert.match(String(answer["client_id"]), /^client_[0-9a-f-]{36}$/);
    assert.deepEqual(
      { ...answer, client_id: "", client_id_issued_at: 0 },
      {
        client_id: "",
        client_id_issued_at: 0,
        client_name: "Claude Code",
        client_uri: "https://claude.ai/",
        redirect_uris: [CALLBACK, "http://localhost/callback"],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "none",
        scope: "read mcp:invoke",
      },
    );
    assert.equal(answer["client_id_issued_at"], Math.floor(rig.clock.now().getTime() / 1000));
  });

  await t.test("a client that names little is registered too", async () => {
    const answer = await membersOf(
      await register({ redirect_uris: ["cursor://x/cb"], client_uri: "javascript:alert(1)" }),
    );
    assert.equal(answer["client_name"], "Unnamed client");
    assert.equal("client_uri" in answer, false);
    assert.equal("scope" in answer, false);
  });

  await t.test("a client that registers for offline_access alone can be linked", async () => {
    for (const scope of ["offline_access", "openid offline_access"]) {
      const answer = await membersOf(await register({ redirect_uris: [CALLBACK], scope }));
      assert.equal("scope" in answer, false);
      const asked = { scope: "offline_access" };
      const linked = await rig.link(String(answer["client_id"]), await rig.addUser(), asked);
      assert.equal(linked.scope, "read write profile offline_access");
    }
  });

  await t.test("what is wrong is named as RFC 7591 names it, and nothing is stored", async () => {
    const count = async () =>
      (await sql<{ n: number }>`select count(*)::int as n from oauth_clients`.execute(database.handle)).rows[0]?.n;
    const before = await count();
    for (const redirects of [
      undefined,
      [],
      "https://app.example",
      [1],
      ["javascript:alert(1)"],
      ["http://app.example/"],
      [CALLBACK, "/x"],
      Array(21).fill(CALLBACK),
      Array.from({ length: 3 }, (_, index) => `${CALLBACK}/${index}${"x".repeat(1500)}`),
    ]) {
      await refused(await register({ redirect_uris: redirects }), 400, "invalid_redirect_uri");
    }
    for (const more of [
      { client_name: 7 },
      { client_name: "x".repeat(300) },
      { grant_types: "authorization_code" },
      { grant_types: ["client_credentials"] },
      { response_types: ["token"] },
      { scope: "openid" },
      { scope: 1 },
      { token_endpoint_auth_method: {} },
    ]) {
      await refused(await register({ redirect_uris: [CALLBACK], ...more }), 400, "invalid_client_metadata");
    }
    for (const body of [[], null, 1, "x"]) await refused(await register(body), 400, "invalid_client_metadata");
    await refused(await register({ redirect_uris: [CALLBACK], client_name: "\ud800" }), 400, "invalid_request");
    await refused(await register({ redirect_uris: [CALLBACK], client_name: "\u0000" }), 400, "invalid_request");
    await refused(await rig.postForm("/register", { redirect_uris: CALLBACK }), 415, "invalid_request");
    await refused(await register({ redirect_uris: [CALLBACK], padding: "x".repeat(70_000) }), 413, "invalid_request");
    assert.equal(await count(), before);
  });

  assert.deepEqual(rig.unforeseen, []);
});

/** Lets `points` through for each limit and address. */
function counting(points: number): LimitsPort & { readonly taken: Map<string, number> } {
  const taken = new Map<string, number>();
  return {
    taken,
    async take(limit, key) {
      const name = `${limit.name} ${key}`;
      taken.set(name, (taken.get(name) ?? 0) + 1);
      if ((taken.get(name) ?? 0) > points)
        throw new AppError("rate_limited", "Too many attempts.", { details: { retryAfter: 7 } });
    },
  };
}

eachEngine(
  "registrations and refusals are limited by address; what succeeds is not",
  migrations,
  async (t, database) => {
    const limits = counting(3);
    const rig = await startOAuth(t, database, { limits });
    const [clientId, userId] = [await rig.register(), await rig.addUser()];
    await rig.register();
    await rig.register();
    const fourth = await rig.postJson("/register", { redirect_uris: [CALLBACK] });
    assert.equal(fourth.headers.get("retry-after"), "7");
    await refused(fourth, 429, "temporarily_unavailable");

    for (let index = 0; index < 3; index++) await refused(await rig.exchange(clientId, "guess"), 400, "invalid_grant");
    await refused(await rig.exchange(clientId, "guess"), 429, "temporarily_unavailable");
    assert.ok((await rig.link(clientId, userId)).access, "a sound request still passes");
    assert.deepEqual(
      [...limits.taken.keys()],
      ["oauth-register 198.51.100.7", "oauth-register-day 198.51.100.7", "oauth-failures 198.51.100.7"],
    );
  },
);
