import assert from "node:assert/strict";
import { eachEngine } from "../database.ts";
import { membersOf, migrations, refused, startOAuth } from "./rig.ts";

eachEngine("userinfo", migrations, async (t, database) => {
  let person: { name: string | null; email: string | null } | null = { name: "Ana", email: "ana@example.com" };
  const rig = await startOAuth(t, database, { profile: async () => person });
  const [clientId, userId] = [await rig.register(), await rig.addUser()];
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const { access } = await rig.link(clientId, userId, { scope: "profile" });

  await t.test("says who the person is, by GET and by POST", async () => {
    const expected = { sub: userId, name: "Ana", email: "ana@example.com", email_verified: true };
    const got = await rig.get("/userinfo", bearer(access));
    assert.equal(got.headers.get("cache-control"), "no-store");
    assert.deepEqual(await membersOf(got), expected);
    assert.deepEqual(await membersOf(await rig.postForm("/userinfo", {}, bearer(access))), expected);
  });

  await t.test("a token for the MCP address does, too: hosts hold no other", async () => {
    const { access: mcp } = await rig.link(clientId, userId, { scope: "profile", resource: `${rig.baseUrl}/mcp` });
    assert.equal((await membersOf(await rig.get("/userinfo", bearer(mcp))))["sub"], userId);
  });

  await t.test("names no address that was not proven, and no name that nobody gave", async () => {
    person = { name: null, email: null };
    assert.deepEqual(await membersOf(await rig.get("/userinfo", bearer(access))), { sub: userId });
    const connector = await membersOf(await rig.get("/api/connector/oauth/userinfo", bearer(access)));
    assert.deepEqual(connector, {
      sub: userId,
      email: null,
      email_verified: false,
      app_metadata: {},
      user_metadata: {},
    });
  });

  await t.test("the first stack's address answers in its shape, and says nothing of roles", async () => {
    person = { name: "Ana", email: "ana@example.com" };
    assert.deepEqual(await membersOf(await rig.get("/api/connector/oauth/userinfo", bearer(access))), {
      sub: userId,
      email: "ana@example.com",
      email_verified: true,
      app_metadata: {},
      user_metadata: { full_name: "Ana" },
    });
  });

  for (const path of ["/userinfo", "/api/connector/oauth/userinfo"]) {
    await t.test(`${path} refuses with the challenge of RFC 6750`, async () => {
      const bare = await rig.get(path);
      assert.match(bare.headers.get("www-authenticate") ?? "", /^Bearer resource_metadata="[^"]+", scope="profile"$/);
      await refused(bare, 401, "invalid_token");
      const garbage = await rig.get(path, bearer("garbage"));
      assert.match(garbage.headers.get("www-authenticate") ?? "", /error="invalid_token"/);
      await refused(garbage, 401, "invalid_token");
      const { access: narrow } = await rig.link(clientId, userId, { scope: "read" });
      const scope = await rig.get(path, bearer(narrow));
      assert.match(scope.headers.get("www-authenticate") ?? "", /error="insufficient_scope"/);
      await refused(scope, 403, "insufficient_scope");
      await refused(await rig.get(`${path}?access_token=${access}`), 401, "invalid_token");
    });
  }

  await t.test("X-User-header-spoof: no header but the bearer says who calls", async () => {
    const other = await rig.addUser();
    const headers = { ...bearer(access), "x-user-sub": other, "x-user-email": "boss@example.com" };
    assert.equal((await membersOf(await rig.get("/userinfo", headers)))["sub"], userId);
  });

  await t.test("after revocation, and for an account that is gone, there is nothing to say", async () => {
    person = null;
    await refused(await rig.get("/userinfo", bearer(access)), 401, "invalid_token");
    person = { name: "Ana", email: null };
    const tokens = await rig.link(clientId, userId, { scope: "profile" });
    await rig.postForm("/revoke", { client_id: clientId, token: tokens.access });
    await refused(await rig.get("/userinfo", bearer(tokens.access)), 401, "invalid_token");
  });

  assert.deepEqual(rig.unforeseen, []);
});
