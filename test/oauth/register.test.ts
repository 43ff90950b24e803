import assert from "node:assert/strict";
import { sql } from "kysely";
import { AppError } from "../../src/kernel/errors.ts";
import type { LimitsPort } from "../../src/kernel/ports/limits.ts";
import { eachEngine } from "../database.ts";
import { CALLBACK, membersOf, migrations, refused, startOAuth, tokensOf } from "./rig.ts";

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
      [...limits.taken.keys()].filter((key) => key.endsWith(" 198.51.100.7")),
      ["oauth-register 198.51.100.7", "oauth-register-day 198.51.100.7", "oauth-failures 198.51.100.7"],
    );
  },
);

eachEngine(
  "a client that asks for a secret gets one, and one that does not is public",
  migrations,
  async (t, database) => {
    const rig = await startOAuth(t, database);
    const register = async (metadata: Record<string, unknown>): Promise<Record<string, unknown>> => {
      const response = await rig.postJson("/register", { redirect_uris: [CALLBACK], ...metadata });
      return { status: response.status, ...(await membersOf(response)) };
    };

    await t.test(
      "hosts that insist on a secret refuse an answer without it: the method asked for is the one given",
      async () => {
        for (const token_endpoint_auth_method of ["client_secret_post", "client_secret_basic"]) {
          const answer = await register({ token_endpoint_auth_method });
          const [id, secret] = [String(answer["client_id"]), String(answer["client_secret"])];
          assert.equal(answer["token_endpoint_auth_method"], token_endpoint_auth_method);
          assert.equal(answer["client_secret_expires_at"], 0);
          assert.match(secret, /^[\w-]{43}$/);
          const { code } = await rig.approve(id, await rig.addUser());
          await refused(await rig.exchange(id, code), 401, "invalid_client");
          await tokensOf(rig.exchange(id, code, { client_secret: secret }));
          const stored = await sql`select 1 from oauth_client_secrets where client_id = ${id}
        and secret_hash = sha256(convert_to(${secret}, 'UTF8'))`.execute(database.handle);
          assert.equal(stored.rows.length, 1, "its hash is kept, and nothing else");
        }
      },
    );

    await t.test(
      "one that names no method, as most programs do, gets none; so does one that asks for none",
      async () => {
        for (const metadata of [{}, { token_endpoint_auth_method: "none" }, { token_endpoint_auth_method: "" }]) {
          const answer = await register(metadata);
          assert.equal(answer["token_endpoint_auth_method"], "none");
          assert.equal("client_secret" in answer, false);
          await rig.link(String(answer["client_id"]), await rig.addUser());
        }
      },
    );

    await t.test("a method that cannot work is refused by name", async () => {
      for (const metadata of [
        { token_endpoint_auth_method: "tls_client_auth" },
        { token_endpoint_auth_method: "client_secret_jwt" },
        { token_endpoint_auth_method: "private_key_jwt" },
        { token_endpoint_auth_method: "private_key_jwt", jwks_uri: "http://host.example/jwks" },
        { token_endpoint_auth_method: "private_key_jwt", jwks: { keys: [{ kty: "oct", k: "c2VjcmV0" }] } },
        { token_endpoint_auth_method: "private_key_jwt", jwks: { keys: [{ kty: "EC", d: "secret" }] } },
        { token_endpoint_auth_method: "private_key_jwt", jwks: { keys: [] } },
        { token_endpoint_auth_method: "none", jwks_uri: "https://host.example/a", jwks: { keys: [{ kty: "EC" }] } },
      ]) {
        const answer = await register(metadata);
        assert.deepEqual(
          [answer["status"], answer["error"]],
          [400, "invalid_client_metadata"],
          JSON.stringify(metadata),
        );
      }
    });
    assert.deepEqual(rig.unforeseen, []);
  },
);

eachEngine("registration can be switched off; what was registered goes on", migrations, async (t, database) => {
  const before = await startOAuth(t, database);
  const [client, userId] = [await before.register(), await before.addUser()];
  const rig = await startOAuth(t, database, { dynamicRegistration: false });
  await refused(await rig.postJson("/register", { redirect_uris: [CALLBACK] }), 403, "access_denied");
  const metadata = await membersOf(await rig.get("/.well-known/oauth-authorization-server"));
  assert.equal("registration_endpoint" in metadata, false);
  assert.equal(metadata["client_id_metadata_document_supported"], true);
  await rig.link(client, userId);
  assert.deepEqual(rig.unforeseen, []);
});
