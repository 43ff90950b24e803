import assert from "node:assert/strict";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { eachEngine } from "../database.ts";
import { CALLBACK, migrations, refused, startOAuth, tokensOf } from "./rig.ts";

const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

eachEngine("a code becomes a pair of tokens", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const [clientId, userId] = [await rig.register(), await rig.addUser()];

  await t.test("the answer is RFC 6749's, and the token RFC 9068's", async () => {
    const { code } = await rig.approve(clientId, userId);
    const response = await rig.exchange(clientId, code, { redirect_uri: CALLBACK });
    assert.match(response.headers.get("cache-control") ?? "", /no-store/);
    const answer = await tokensOf(response);
    assert.equal(answer.scope, "read write");
    const { alg, typ } = decodeProtectedHeader(answer.access);
    assert.deepEqual({ alg, typ }, { alg: "RS256", typ: "at+jwt" });
    const claims = decodeJwt(answer.access);
    assert.deepEqual(Object.keys(claims).toSorted(), [
      "aud",
      "client_id",
      "exp",
      "gid",
      "iat",
      "iss",
      "jti",
      "scope",
      "sub",
    ]);
    assert.equal(claims.iss, rig.baseUrl);
    assert.equal(claims.sub, userId);
    assert.equal(claims.aud, rig.baseUrl);
    assert.equal((claims.exp ?? 0) - (claims.iat ?? 0), 3600);
  });

  await t.test("missing-PKCE-verifier: without the verifier, or with another, the code stays unspent", async () => {
    const { code } = await rig.approve(clientId, userId);
    for (const verifier of ["", "x".repeat(43), "short", "é".repeat(43)]) {
      await refused(await rig.exchange(clientId, code, { code_verifier: verifier }), 400, "invalid_grant");
    }
    assert.equal((await rig.exchange(clientId, code)).status, 200);
  });

  await t.test("code-replay: a second exchange ends the grant that the first one made", async () => {
    const tokens = await rig.link(clientId, userId);
    assert.equal((await rig.call(tokens.access)).status, 200);
    await refused(await rig.exchange(clientId, tokens.code), 400, "invalid_grant");
    await refused(await rig.call(tokens.access), 401, "invalid_token");
    await refused(await rig.refresh(clientId, tokens.refresh), 400, "invalid_grant");
  });

  await t.test("code-replay: a stranger without the verifier cannot end anybody's grant", async () => {
    const tokens = await rig.link(clientId, userId);
    const stranger = await rig.register();
    await refused(await rig.exchange(stranger, tokens.code), 400, "invalid_grant");
    await refused(await rig.exchange(clientId, tokens.code, { code_verifier: "s".repeat(43) }), 400, "invalid_grant");
    await refused(await rig.exchange("client_unknown", tokens.code), 401, "invalid_client");
    assert.equal((await rig.call(tokens.access)).status, 200);
  });

  await t.test("a code is for one client, one address and one minute", async () => {
    const { code } = await rig.approve(clientId, userId);
    await refused(await rig.exchange(await rig.register(), code), 400, "invalid_grant");
    await refused(await rig.exchange(clientId, code, { redirect_uri: `${CALLBACK}/` }), 400, "invalid_grant");
    await refused(await rig.exchange(clientId, "made-up"), 400, "invalid_grant");
    rig.clock.advance(61);
    await refused(await rig.exchange(clientId, code), 400, "invalid_grant");
  });

  await t.test("requests that are no token requests get the error that RFC 6749 names", async () => {
    await refused(await rig.postForm("/token", {}), 400, "invalid_request");
    await refused(
      await rig.postForm("/token", { grant_type: "password", client_id: clientId }),
      400,
      "unsupported_grant_type",
    );
    await refused(
      await rig.postForm("/token", { grant_type: "toString", client_id: clientId }),
      400,
      "unsupported_grant_type",
    );
    await refused(await rig.postForm("/token", { grant_type: "authorization_code" }), 401, "invalid_client");
    await refused(await rig.exchange(clientId, ""), 400, "invalid_request");
    await refused(
      await rig.postForm("/token", `grant_type=refresh_token&client_id=${clientId}&client_id=x`),
      400,
      "invalid_request",
    );
    await refused(await rig.postForm("/token", "grant_type=%00&client_id=%00"), 400, "invalid_request");
    await refused(await rig.postJson("/token", { grant_type: "refresh_token" }), 415, "invalid_request");
    await refused(await rig.postForm("/token", { grant_type: "a".repeat(70_000) }), 413, "invalid_request");
    const basic = await rig.postForm("/token", { grant_type: "refresh_token" }, { authorization: "Basic eDp5" });
    assert.match(basic.headers.get("www-authenticate") ?? "", /^Basic realm=/);
    await refused(basic, 401, "invalid_client");
    const wrongMethod = await rig.get("/token");
    assert.equal(wrongMethod.headers.get("allow"), "POST, OPTIONS");
    await refused(wrongMethod, 405, "invalid_request");
  });

  assert.deepEqual(rig.unforeseen, []);
});

eachEngine("a refresh token rotates", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const [clientId, userId] = [await rig.register(), await rig.addUser()];

  await t.test("each refresh gives a new pair", async () => {
    const first = await rig.link(clientId, userId);
    const second = await tokensOf(rig.refresh(clientId, first.refresh));
    assert.notEqual(second.refresh, first.refresh);
    assert.equal((await rig.call(second.access)).status, 200);
    const third = await tokensOf(rig.refresh(clientId, second.refresh));
    assert.equal((await rig.call(third.access)).status, 200);
  });

  await t.test("within the overlap the same next token comes again", async () => {
    const { refresh } = await rig.link(clientId, userId);
    const first = await tokensOf(rig.refresh(clientId, refresh));
    rig.clock.advance(29);
    const again = await tokensOf(rig.refresh(clientId, refresh));
    assert.equal(again.refresh, first.refresh);
  });

  await t.test("refresh-reuse: after the overlap the whole family ends", async () => {
    const tokens = await rig.link(clientId, userId);
    const next = await tokensOf(rig.refresh(clientId, tokens.refresh));
    rig.clock.advance(31);
    await refused(await rig.refresh(clientId, tokens.refresh), 400, "invalid_grant");
    await refused(await rig.refresh(clientId, next.refresh), 400, "invalid_grant");
    await refused(await rig.call(next.access), 401, "invalid_token");
  });

  await t.test("refresh-reuse: a token two turns old ends the family even within the overlap", async () => {
    const tokens = await rig.link(clientId, userId);
    const second = await tokensOf(rig.refresh(clientId, tokens.refresh));
    await rig.refresh(clientId, second.refresh);
    await refused(await rig.refresh(clientId, tokens.refresh), 400, "invalid_grant");
    await refused(await rig.call(tokens.access), 401, "invalid_token");
  });

  await t.test(
    "another client, an altered token and another server's token are refused and change nothing",
    async () => {
      const { refresh, access } = await rig.link(clientId, userId);
      const altered = `${refresh.slice(0, -1)}${refresh.endsWith("A") ? "B" : "A"}`;
      await refused(await rig.refresh(await rig.register(), refresh), 400, "invalid_grant");
      for (const token of [altered, "rt_", "garbage", access]) {
        await refused(await rig.refresh(clientId, token), 400, "invalid_grant");
      }
      assert.equal((await rig.refresh(clientId, refresh)).status, 200);
    },
  );

  await t.test(
    "a refresh may ask for fewer scopes, never for more, and a refused one does not use up the token",
    async () => {
      const { refresh } = await rig.link(clientId, userId, { scope: "mcp:invoke profile" });
      const fewer = await tokensOf(rig.refresh(clientId, refresh, { scope: "read" }));
      assert.equal(fewer.scope, "read");
      rig.clock.advance(40);
      await refused(await rig.refresh(clientId, fewer.refresh, { scope: "read wallet:read" }), 400, "invalid_scope");
      await refused(
        await rig.refresh(clientId, fewer.refresh, { resource: "https://other.example" }),
        400,
        "invalid_target",
      );
      rig.clock.advance(40);
      const all = await tokensOf(rig.refresh(clientId, fewer.refresh, { scope: "" }));
      assert.equal(all.scope, "mcp:invoke profile");
    },
  );

  await t.test("several links of one person and one client live beside each other", async () => {
    const [a, b] = [await rig.link(clientId, userId), await rig.link(clientId, userId)];
    await rig.postForm("/revoke", { client_id: clientId, token: a.refresh });
    await refused(await rig.call(a.access), 401, "invalid_token");
    assert.equal((await rig.call(b.access)).status, 200);
  });

  assert.deepEqual(rig.unforeseen, []);
});

eachEngine("requests at the same moment agree", migrations, async (t, database) => {
  const [one, two] = [await startOAuth(t, database), await startOAuth(t, database)];
  const [clientId, userId] = [await one.register(), await one.addUser()];

  await t.test("8 exchanges of one code at two servers: exactly one succeeds", async () => {
    for (let round = 0; round < 5; round++) {
      const { code } = await one.approve(clientId, userId);
      const answers = await times(8, (index) => (index % 2 ? one : two).exchange(clientId, code));
      assert.equal(answers.filter((answer) => answer.status === 200).length, 1);
      assert.equal(answers.filter((answer) => answer.status === 400).length, 7);
    }
  });

  await t.test("10 refreshes of one token: all succeed with the same next token", async () => {
    const { refresh } = await one.link(clientId, userId);
    const answers = await times(10, (index) => tokensOf((index % 2 ? one : two).refresh(clientId, refresh)));
    assert.equal(new Set(answers.map((answer) => answer.refresh)).size, 1);
    const next = await tokensOf(one.refresh(clientId, answers[0]?.refresh ?? ""));
    assert.ok(next.access);
    one.clock.advance(31);
    await refused(await one.refresh(clientId, refresh), 400, "invalid_grant");
    await refused(await one.refresh(clientId, next.refresh), 400, "invalid_grant");
  });

  assert.deepEqual([...one.unforeseen, ...two.unforeseen], []);
});
