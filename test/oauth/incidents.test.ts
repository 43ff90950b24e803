import assert from "node:assert/strict";
import { decodeJwt } from "jose";
import { eachEngine } from "../database.ts";
import { operatorClient } from "./operator-client.ts";
import { CALLBACK, membersOf, migrations, refused, startOAuth, tokensOf, VERIFIER } from "./rig.ts";

/*
 * What broke links, or gave them away, elsewhere: each is a test with the name under which it was reported.
 */

eachEngine("incidents of links that broke", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const [clientId, userId] = [await rig.register(), await rig.addUser()];

  await t.test(
    "PrefectHQ/fastmcp#4264 and #4901, anomalyco/opencode#34074: two machines refresh one token at once",
    async () => {
      const { refresh } = await rig.link(clientId, userId);
      const [a, b] = await Promise.all([
        tokensOf(rig.refresh(clientId, refresh)),
        tokensOf(rig.refresh(clientId, refresh)),
      ]);
      assert.equal(a.refresh, b.refresh, "the family does not fork, so a theft is still seen");
      for (const { access } of [a, b]) assert.equal((await rig.call(access)).status, 200);
      assert.equal((await rig.refresh(clientId, a.refresh)).status, 200);
    },
  );

  await t.test("anthropics/claude-ai-mcp#253: who never asked for offline_access stays linked, too", async () => {
    const silent = await rig.link(clientId, userId, { scope: "read" });
    assert.equal(silent.scope, "read", "it is not granted behind the person's back");
    rig.clock.advance(7200);
    const next = await tokensOf(rig.refresh(clientId, silent.refresh));
    assert.equal(next.scope, "read");
    assert.equal((await rig.call(next.access)).status, 200);
  });

  await t.test(
    "supabase/auth#2628: offline_access is honoured, alone and beside others, whatever was registered",
    async () => {
      assert.equal((await rig.link(clientId, userId, { scope: "read offline_access" })).scope, "read offline_access");
      const alone = await rig.link(clientId, userId, { scope: "offline_access" });
      assert.equal(alone.scope, "read write profile offline_access");
      const narrow = await rig.register({ scope: "read", grant_types: ["authorization_code"] });
      const tokens = await rig.link(narrow, userId, { scope: "read offline_access" });
      assert.equal(tokens.scope, "read offline_access");
      assert.equal((await rig.refresh(narrow, tokens.refresh)).status, 200);
    },
  );

  await t.test(
    "obot-platform/obot#7501: a dead refresh token is invalid_grant, so that the host links anew",
    async () => {
      for (const token of ["rt_dead", "null", "undefined", "a.b.c"])
        await refused(await rig.refresh(clientId, token), 400, "invalid_grant");
    },
  );

  await t.test("anthropics/claude-ai-mcp#228: a host that asks for all that is advertised gets all of it", async () => {
    const metadata = await membersOf(await rig.get("/.well-known/oauth-authorization-server"));
    const everything = [metadata["scopes_supported"]].flat().join(" ");
    assert.equal((await rig.link(clientId, userId, { scope: everything })).scope, everything);
    assert.equal(everything.includes("privy"), false);
  });

  await t.test("sst/opencode#47743: none is named among the methods, or documents are skipped", async () => {
    const metadata = await membersOf(await rig.get("/.well-known/oauth-authorization-server"));
    assert.ok([metadata["token_endpoint_auth_methods_supported"]].flat().includes("none"));
    assert.equal(metadata["client_id_metadata_document_supported"], true);
  });

  await t.test(
    "supabase/auth#2610 and #2820, microsoft/vscode#259251: the resource is honoured, with a slash or without",
    async () => {
      for (const resource of [`${rig.baseUrl}/mcp`, `${rig.baseUrl}/mcp/`]) {
        const { access, refresh } = await rig.link(clientId, userId, { resource });
        assert.equal(new URL(String(decodeJwt(access).aud)).pathname.startsWith("/mcp"), true);
        assert.equal((await rig.call(access)).status, 200);
        const next = await tokensOf(rig.refresh(clientId, refresh, { resource }));
        assert.equal((await rig.call(next.access)).status, 200);
      }
    },
  );

  await t.test("GPT Actions send the secret as they like, and may name themselves twice alike", async () => {
    const gpt = await operatorClient(rig, { pkceOptional: true });
    const plain = { code_challenge: undefined, code_challenge_method: undefined };
    for (const [form, headers] of [
      [gpt.post, {}],
      [{}, gpt.basic],
      [{ client_id: gpt.id }, gpt.basic],
    ] as const) {
      const { code } = await rig.approve(gpt.id, userId, plain);
      const asked = { grant_type: "authorization_code", code, redirect_uri: CALLBACK, ...form };
      assert.equal((await rig.postForm("/token", asked, headers)).status, 200);
    }
  });

  assert.deepEqual(rig.unforeseen, []);
});

eachEngine("incidents of tokens that fell into other hands", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const [clientId, userId] = [await rig.register(), await rig.addUser()];

  await t.test("GHSA-pw9m-5jxm-xr6h, supabase/auth#2612: of 50 parallel redemptions one succeeds", async () => {
    const { code } = await rig.approve(clientId, userId);
    const answers = await Promise.all(Array.from({ length: 50 }, () => rig.exchange(clientId, code)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    assert.equal(answers.filter(({ status }) => status === 400).length, 49);
  });

  await t.test("cloudflare/workers-oauth-provider#92 and #188: a client revokes its own tokens alone", async () => {
    const stranger = await rig.register();
    const secretive = await operatorClient(rig);
    const tokens = await rig.link(clientId, userId);
    for (const token of [tokens.access, tokens.refresh]) {
      await refused(await rig.postForm("/revoke", { client_id: stranger, token }), 400, "invalid_grant");
      await refused(await rig.postForm("/revoke", { token }, secretive.basic), 400, "invalid_grant");
      await refused(await rig.postForm("/revoke", { token }), 401, "invalid_client");
      await refused(await rig.postForm("/revoke", { client_id: "client_unknown", token }), 401, "invalid_client");
    }
    assert.equal((await rig.call(tokens.access)).status, 200);
    assert.equal((await rig.refresh(clientId, tokens.refresh)).status, 200);
  });

  await t.test("GHSA-vgf8-3685-66j9: a token of another environment or surface opens nothing here", async (inner) => {
    const staging = await startOAuth(inner, database);
    const foreign = await staging.link(clientId, userId);
    await refused(await rig.call(foreign.access), 401, "invalid_token");
    await refused(await rig.get("/userinfo", { authorization: `Bearer ${foreign.access}` }), 401, "invalid_token");
    const { access } = await rig.link(clientId, userId, { resource: `${rig.baseUrl}/mcp` });
    await refused(await rig.get("/receipts", { authorization: `Bearer ${access}` }), 401, "invalid_token");
  });

  await t.test("CVE-2026-33946: the id of another's session is nobody's identity", async () => {
    const [mine, theirs] = await Promise.all(
      [userId, await rig.addUser()].map((person) =>
        rig.oauth.serviceTokens.open({ userId: person, channel: "voice", scopes: ["read"] }),
      ),
    );
    const headers = { "mcp-session-id": theirs?.sessionId ?? "", "x-session-id": theirs?.sessionId ?? "" };
    assert.equal((await membersOf(await rig.call(mine?.token ?? "", headers)))["userId"], userId);
    await refused(await rig.call(theirs?.sessionId ?? ""), 401, "invalid_token");
  });

  await t.test(
    "CVE-2026-54290: any origin may read, but never with credentials; what consents may not be read at all",
    async () => {
      const origin = { origin: "https://evil.example" };
      for (const path of [
        "/token",
        "/oauth/chatgpt/token",
        "/revoke",
        "/introspect",
        "/userinfo",
        "/token/privy/access-token",
      ]) {
        const { headers } = await rig.postForm(path, {}, origin);
        assert.equal(headers.get("access-control-allow-origin"), "*", path);
        assert.equal(headers.get("access-control-allow-credentials"), null, path);
      }
      for (const path of [
        "/authorize",
        "/authorize/complete",
        "/oauth/claude/authorize",
        "/api/connector/oauth/exchange",
      ]) {
        const { headers } = await rig.postJson(path, {}, origin);
        assert.equal(headers.get("access-control-allow-origin"), null, path);
      }
    },
  );

  await t.test(
    "RFC 9700 §4.8.2: a challenge that somebody took out of the request is missed at the token endpoint",
    async () => {
      const gpt = await operatorClient(rig, { pkceOptional: true });
      const { code } = await rig.approve(gpt.id, userId, {
        code_challenge: undefined,
        code_challenge_method: undefined,
      });
      const form = { grant_type: "authorization_code", code, redirect_uri: CALLBACK, code_verifier: VERIFIER };
      await refused(await rig.postForm("/token", form, gpt.basic), 400, "invalid_grant");
    },
  );

  assert.deepEqual(rig.unforeseen, []);
});

eachEngine("revocation (RFC 7009)", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const [clientId, userId] = [await rig.register(), await rig.addUser()];
  const gpt = await operatorClient(rig);
  const revoke = (token: string, more: Record<string, string> = {}) =>
    rig.postForm("/revoke", { client_id: clientId, token, ...more });

  for (const kind of ["access", "refresh"] as const) {
    await t.test(`either kind ends the whole link: by the ${kind} token, whatever the hint`, async () => {
      for (const hint of ["access_token", "refresh_token", "made_up"]) {
        const tokens = await rig.link(clientId, userId);
        const response = await revoke(tokens[kind], { token_type_hint: hint });
        assert.equal(response.status, 200);
        assert.equal(await response.text(), "");
        await refused(await rig.call(tokens.access), 401, "invalid_token");
        await refused(await rig.refresh(clientId, tokens.refresh), 400, "invalid_grant");
      }
    });
  }

  await t.test("a refresh token that was used before still names the link to end", async () => {
    const first = await rig.link(clientId, userId);
    const second = await tokensOf(rig.refresh(clientId, first.refresh));
    assert.equal((await revoke(first.refresh)).status, 200);
    await refused(await rig.call(second.access), 401, "invalid_token");
  });

  await t.test("what is unknown, expired or revoked is as good as revoked", async () => {
    const tokens = await rig.link(clientId, userId);
    for (const token of ["garbage", "rt_garbage", "a.b.c"]) assert.equal((await revoke(token)).status, 200);
    assert.equal((await revoke(tokens.access)).status, 200);
    assert.equal((await revoke(tokens.access)).status, 200);
    await refused(await revoke(""), 400, "invalid_request");
  });

  await t.test("a client with a secret proves itself first", async () => {
    const { code } = await rig.approve(gpt.id, userId);
    const form = { grant_type: "authorization_code", code, code_verifier: VERIFIER };
    const { access } = await tokensOf(rig.postForm("/token", form, gpt.basic));
    await refused(await rig.postForm("/revoke", { client_id: gpt.id, token: access }), 401, "invalid_client");
    await refused(
      await rig.postForm("/revoke", { client_id: gpt.id, client_secret: "guess", token: access }),
      401,
      "invalid_client",
    );
    assert.equal((await rig.call(access)).status, 200);
    assert.equal((await rig.postForm("/revoke", { token: access, ...gpt.post })).status, 200);
    await refused(await rig.call(access), 401, "invalid_token");
  });

  await t.test("other links of the same client and person stay", async () => {
    const [a, b] = [await rig.link(clientId, userId), await rig.link(clientId, userId)];
    await revoke(a.access);
    assert.equal((await rig.call(b.access)).status, 200);
  });

  assert.deepEqual(rig.unforeseen, []);
});
