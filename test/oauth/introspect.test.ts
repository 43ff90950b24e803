import assert from "node:assert/strict";
import { decodeJwt } from "jose";
import { eachEngine } from "../database.ts";
import { operatorClient } from "./operator-client.ts";
import { membersOf, migrations, refused, startOAuth, tokensOf, VERIFIER } from "./rig.ts";

eachEngine("introspection (RFC 7662)", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const userId = await rig.addUser();
  const mine = await operatorClient(rig);
  const service = await operatorClient(rig, { internal: true });
  const publicId = await rig.register();

  const ask = (token: string, by = mine, path = "/introspect") => rig.postForm(path, { token }, by.basic);
  const answer = async (token: string, by = mine) => {
    const response = await ask(token, by);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("cache-control"), "no-store");
    return membersOf(response);
  };
  const link = async () => {
    const { code } = await rig.approve(mine.id, userId, { scope: "mcp:invoke profile offline_access" });
    const form = { grant_type: "authorization_code", code, code_verifier: VERIFIER };
    return tokensOf(rig.postForm("/token", form, mine.basic));
  };
  const refresh = (token: string) =>
    tokensOf(rig.postForm("/token", { grant_type: "refresh_token", refresh_token: token }, mine.basic));

  await t.test("a live access token says what it is", async () => {
    const { access } = await link();
    const { exp, aud } = decodeJwt(access);
    assert.deepEqual(await answer(access), {
      active: true,
      token_type: "Bearer",
      iss: rig.baseUrl,
      sub: userId,
      aud,
      client_id: mine.id,
      scope: "mcp:invoke profile offline_access",
      exp,
      channel: "mcp",
    });
  });

  await t.test("so does a live refresh token, and asking does not use it", async () => {
    const { refresh: token } = await link();
    const members = await answer(token);
    assert.equal(members["active"], true);
    assert.equal(members["token_use"], "refresh");
    assert.equal("token_type" in members, false, "it opens nothing by itself");
    assert.deepEqual(await answer(token), members);
    await refresh(token);
  });

  await t.test("a used refresh token is active within the overlap alone", async () => {
    const { refresh: token } = await link();
    await refresh(token);
    assert.equal((await answer(token))["active"], true);
    rig.clock.advance(31);
    assert.deepEqual(await answer(token), { active: false });
  });

  await t.test("what does not stand tells nothing of itself", async () => {
    const tokens = await link();
    for (const token of ["garbage", "rt_garbage", "a.b.c", `${tokens.access}x`, `${tokens.refresh.slice(0, -4)}AAAA`])
      assert.deepEqual(await answer(token), { active: false }, token);
    await rig.postForm("/revoke", { token: tokens.refresh }, mine.basic);
    assert.deepEqual(await answer(tokens.access), { active: false });
    assert.deepEqual(await answer(tokens.refresh), { active: false });
    const old = await link();
    rig.clock.advance(3601);
    assert.deepEqual(await answer(old.access), { active: false });
  });

  await t.test("another client's token is not active, but for a service of the company's own", async () => {
    const { access, refresh: token } = await rig.link(publicId, userId);
    assert.deepEqual(await answer(access), { active: false });
    assert.deepEqual(await answer(token), { active: false });
    assert.equal((await answer(access, service))["client_id"], publicId);
    assert.equal((await answer(token, service))["active"], true);
  });

  await t.test("the seed's address answers alike, and takes the secret in the form, too", async () => {
    const { access } = await link();
    assert.equal((await membersOf(await ask(access, mine, "/token/introspect")))["active"], true);
    const posted = await rig.postForm("/token/introspect", { token: access, ...mine.post });
    assert.equal((await membersOf(posted))["active"], true);
  });

  await t.test("nobody asks without a proof: open introspection was the seed's fault", async () => {
    const { access } = await link();
    await refused(await rig.postForm("/introspect", { token: access }), 401, "invalid_client");
    await refused(await rig.postForm("/introspect", { token: access, client_id: publicId }), 401, "invalid_client");
    await refused(await rig.postForm("/introspect", { token: access, client_id: mine.id }), 401, "invalid_client");
    const guess = { authorization: `Basic ${Buffer.from(`${mine.id}:guess`).toString("base64")}` };
    const wrong = await rig.postForm("/introspect", { token: access }, guess);
    assert.match(wrong.headers.get("www-authenticate") ?? "", /^Basic realm=/);
    await refused(wrong, 401, "invalid_client");
    await refused(
      await rig.postForm("/introspect", { token: access }, { authorization: `Bearer ${access}` }),
      401,
      "invalid_client",
    );
  });

  await t.test("requests that are none are refused", async () => {
    await refused(await rig.postForm("/introspect", {}, mine.basic), 400, "invalid_request");
    await refused(await rig.postForm("/introspect", "token=a&token=b", mine.basic), 400, "invalid_request");
    await refused(await rig.postForm("/introspect", "token=%00", mine.basic), 400, "invalid_request");
    await refused(await rig.postJson("/introspect", { token: "x" }, mine.basic), 415, "invalid_request");
  });

  assert.deepEqual(rig.unforeseen, []);
});
