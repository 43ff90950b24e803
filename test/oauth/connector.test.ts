import assert from "node:assert/strict";
import { eachEngine } from "../database.ts";
import { operatorClient } from "./operator-client.ts";
import { CALLBACK, challengeOf, membersOf, migrations, refused, startOAuth, VERIFIER } from "./rig.ts";

const AT = "/api/connector/oauth";

eachEngine("the first stack's addresses", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const [clientId, userId, otherId] = [await rig.register(), await rig.addUser(), await rig.addUser()];
  const query = (more: Record<string, string> = {}) =>
    new URLSearchParams({
      client_id: clientId,
      redirect_uri: CALLBACK,
      scope: "read profile",
      state: "st-1",
      code_challenge: challengeOf(VERIFIER),
      code_challenge_method: "S256",
      ...more,
    }).toString();
  const json = { accept: "application/json" };
  const cookieOf = (response: Response): string => response.headers.get("set-cookie")?.split(";")[0] ?? "";
  const begin = async (more: Record<string, string> = {}) => {
    const response = await rig.get(`${AT}/authorize?${query(more)}`, json);
    return { cookie: cookieOf(response), requestId: String((await membersOf(response))["request_id"]) };
  };
  const token = (id: string) => `supabase|sb-${id}|${id}`;
  const exchange = ({ requestId, cookie }: { requestId: string; cookie: string }, more: Record<string, unknown> = {}) =>
    rig.postJson(
      `${AT}/exchange`,
      {
        request_id: requestId,
        access_token: token(userId),
        refresh_token: "an-upstream-refresh-token",
        supabase_user_id: `sb-${userId}`,
        user_consent: true,
        ...more,
      },
      { cookie },
    );
  const redeem = (code: string, more: Record<string, string> = {}) =>
    rig.postForm(`${AT}/token`, { grant_type: "authorization_code", code, code_verifier: VERIFIER, ...more });

  await t.test("a browser goes on to /authorize with the same request", async () => {
    const first = await rig.get(`${AT}/authorize?${query()}`, { accept: "text/html" });
    assert.equal(first.status, 302);
    const location = first.headers.get("location") ?? "";
    assert.ok(location.startsWith(`${rig.baseUrl}/authorize?`));
    const second = await rig.get(location.slice(rig.baseUrl.length));
    assert.ok(second.headers.get("location")?.startsWith(`${rig.baseUrl}/app/consent?request=`));
  });

  await t.test("a caller that asks for JSON gets the request's id and the page to open", async () => {
    for (const response of [
      await rig.get(`${AT}/authorize?${query()}`, json),
      await rig.get(`${AT}/authorize?${query({ response_mode: "json" })}`),
    ]) {
      assert.equal(response.headers.get("cache-control"), "no-store");
      const { request_id: id, login_url: page, ...rest } = await membersOf(response);
      assert.equal(page, `${rig.baseUrl}/app/consent?request=${String(id)}`);
      assert.deepEqual(rest, {
        ok: true,
        client_id: clientId,
        redirect_uri: CALLBACK,
        state: "st-1",
        scope: "read profile",
      });
    }
  });

  await t.test("the pending request is told to the browser that began it alone", async () => {
    const begun = await begin();
    const path = `${AT}/request?request_id=${begun.requestId}`;
    assert.deepEqual(await membersOf(await rig.get(path, { cookie: begun.cookie })), {
      ok: true,
      request: { client_id: clientId, redirect_uri: CALLBACK, state: "st-1", scope: "read profile" },
    });
    await refused(await rig.get(path), 400, "invalid_request");
    await refused(await rig.get(path, { cookie: (await begin()).cookie }), 400, "invalid_request");
    await refused(await rig.get(`${AT}/request?request_id=made-up`, { cookie: begun.cookie }), 400, "invalid_request");
    await refused(await rig.get(`${AT}/request`), 400, "invalid_request");
  });

  await t.test("exchange, token, refresh and revoke: the whole way, in the stack's shapes", async () => {
    const exchanged = await membersOf(await exchange(await begin()));
    const { code, redirect_url: url } = exchanged;
    assert.deepEqual(exchanged, { ok: true, redirect_uri: CALLBACK, redirect_url: url, code, state: "st-1" });
    const answered = new URL(String(url));
    assert.equal(answered.searchParams.get("code"), code);
    assert.equal(answered.searchParams.get("iss"), rig.baseUrl);
    const tokens = await membersOf(await redeem(String(code), { redirect_uri: CALLBACK }));
    assert.deepEqual(Object.keys(tokens).toSorted(), [
      "access_token",
      "dexter_mcp_jwt",
      "expires_in",
      "refresh_token",
      "scope",
      "supabase_user_id",
      "token_type",
      "wallet_public_key",
    ]);
    assert.equal(tokens["supabase_user_id"], userId);
    assert.equal(tokens["dexter_mcp_jwt"], tokens["access_token"]);
    assert.equal((await rig.call(String(tokens["dexter_mcp_jwt"]))).status, 200);
    const form = { grant_type: "refresh_token", refresh_token: String(tokens["refresh_token"]) };
    const next = await membersOf(await rig.postForm(`${AT}/token`, form));
    assert.notEqual(next["refresh_token"], tokens["refresh_token"]);
    await rig.postForm("/revoke", { client_id: clientId, token: String(next["refresh_token"]) });
    await refused(await rig.call(String(next["dexter_mcp_jwt"])), 401, "invalid_token");
  });

  await t.test("exchange-identity-spoof: a supabase_user_id is compared with the token, never believed", async () => {
    const begun = await begin();
    await refused(await exchange(begun, { supabase_user_id: `sb-${otherId}` }), 401, "invalid_token");
    await refused(await exchange(begun, { access_token: undefined }), 400, "invalid_request");
    await refused(await exchange(begun, { access_token: "garbage" }), 401, "invalid_token");
    await refused(await exchange(begun, { access_token: `privy|sb-${userId}|${userId}` }), 401, "invalid_token");
    const alone = await membersOf(await exchange(begun, { supabase_user_id: undefined }));
    assert.equal((await membersOf(await redeem(String(alone["code"]))))["supabase_user_id"], userId);
  });

  await t.test(
    "consent is never implied: without it nothing is exchanged, and a refusal reaches the client",
    async () => {
      const begun = await begin();
      await refused(await exchange(begun, { user_consent: undefined }), 400, "invalid_request");
      await refused(await exchange(begun, { user_consent: "true" }), 400, "invalid_request");
      const declined = await membersOf(await exchange(begun, { user_consent: false, access_token: undefined }));
      assert.equal(declined["error"], "access_denied");
      assert.equal(new URL(String(declined["redirect_url"])).searchParams.get("error"), "access_denied");
      assert.equal("code" in declined, false);
    },
  );

  await t.test("a request id in other hands is worth nothing, and is exchanged once", async () => {
    const begun = await begin();
    await refused(await exchange({ ...begun, cookie: "" }), 400, "invalid_request");
    await refused(await exchange({ ...begun, cookie: (await begin()).cookie }), 400, "invalid_request");
    assert.equal((await exchange(begun)).status, 200);
    await refused(await exchange(begun), 400, "invalid_request");
    const late = await begin();
    rig.clock.advance(601);
    await refused(await exchange(late), 400, "invalid_request");
  });

  await t.test("another site's page cannot exchange", async () => {
    const begun = await begin();
    const body = { request_id: begun.requestId, access_token: token(userId), user_consent: true };
    const headers = { cookie: begun.cookie, origin: "https://evil.example" };
    await refused(await rig.postJson(`${AT}/exchange`, body, headers), 403, "invalid_request");
  });

  await t.test("no answer holds anything of the provider's", async () => {
    const exchanged = await (await exchange(await begin())).text();
    const { code } = JSON.parse(exchanged);
    const tokens = await (await redeem(String(code))).text();
    for (const text of [exchanged, tokens]) {
      assert.equal(text.includes(token(userId)), false);
      assert.equal(text.includes("an-upstream-refresh-token"), false);
    }
  });

  await t.test("missing-PKCE-verifier, redirect-injection, code-replay: the same checks as everywhere", async () => {
    const code = String((await membersOf(await exchange(await begin())))["code"]);
    await refused(await redeem(code, { code_verifier: "" }), 400, "invalid_grant");
    await refused(await redeem(code, { redirect_uri: "https://evil.example/" }), 400, "invalid_grant");
    const tokens = await membersOf(await redeem(code));
    await refused(await redeem(code), 400, "invalid_grant");
    await refused(await rig.call(String(tokens["access_token"])), 401, "invalid_token");
    const foreign = await rig.get(`${AT}/authorize?${query({ redirect_uri: "https://evil.example/" })}`, json);
    await refused(foreign, 400, "invalid_request");
    await refused(await rig.get(`${AT}/authorize?${query({ code_challenge: "" })}`, json), 400, "invalid_request");
    await refused(await rig.get(`${AT}/authorize?${query({ client_id: "unknown" })}`, json), 401, "invalid_client");
  });

  await t.test(
    "a client that is not named is the token's own, and one with a secret must still prove itself",
    async () => {
      await refused(await redeem("made-up"), 401, "invalid_client");
      await refused(
        await rig.postForm(`${AT}/token`, { grant_type: "refresh_token", refresh_token: "rt_made-up" }),
        401,
        "invalid_client",
      );
      await refused(await rig.postForm(`${AT}/token`, { grant_type: "password" }), 400, "unsupported_grant_type");
      const gpt = await operatorClient(rig);
      const code = String((await membersOf(await exchange(await begin({ client_id: gpt.id }))))["code"]);
      await refused(await redeem(code), 401, "invalid_client");
      const form = { grant_type: "authorization_code", code, code_verifier: VERIFIER };
      assert.equal((await rig.postForm(`${AT}/token`, form, gpt.basic)).status, 200);
    },
  );

  assert.deepEqual(rig.unforeseen, []);
});
