import assert from "node:assert/strict";
import { type JWK, SignJWT } from "jose";
import { eachEngine } from "../database.ts";
import { CALLBACK, migrations, refused, type Rig, startOAuth, tokensOf } from "./rig.ts";
import { ASSERTION_TYPE, createSigner, type Signer, testWeb } from "./web.ts";

const ID = "https://host.example/oauth/client.json";
const JWKS = "https://host.example/oauth/jwks.json";

let serial = 0;

/** The claims of an assertion as a careful client makes it. */
const claimsOf = (rig: Rig, clientId: string, more: Record<string, unknown> = {}) => {
  const now = Math.floor(rig.clock.now().getTime() / 1000);
  return {
    iss: clientId,
    sub: clientId,
    aud: rig.baseUrl,
    iat: now,
    exp: now + 60,
    jti: `jti-${(serial += 1)}`,
    ...more,
  };
};

const form = (assertion: string) => ({ client_assertion: assertion, client_assertion_type: ASSERTION_TYPE });

async function start(t: Parameters<typeof startOAuth>[0], database: Parameters<typeof startOAuth>[1], signer: Signer) {
  const web = testWeb();
  const rig = await startOAuth(t, database, { web });
  const publishKeys = (...keys: readonly JWK[]) => web.publish(JWKS, { keys });
  publishKeys(signer.jwk);
  web.publish(ID, {
    client_id: ID,
    redirect_uris: [CALLBACK],
    token_endpoint_auth_method: "private_key_jwt",
    jwks_uri: JWKS,
  });
  return { rig, web, publishKeys };
}

eachEngine("private_key_jwt (RFC 7523)", migrations, async (t, database) => {
  const signer = await createSigner("first");
  const { rig } = await start(t, database, signer);

  await t.test("a client that nobody has linked proves itself too, and gets nothing for it", async () => {
    const assertion = await signer.sign(claimsOf(rig, ID));
    await refused(await rig.exchange(ID, "no code", form(assertion)), 400, "invalid_grant");
    await refused(await rig.exchange(ID, "no code", form(assertion)), 401, "invalid_client");
  });

  const userId = await rig.addUser();
  const code = async () => (await rig.approve(ID, userId)).code;
  const redeem = async (given: string, more: Record<string, unknown> = {}, header: Record<string, unknown> = {}) =>
    rig.exchange(ID, given, form(await signer.sign(claimsOf(rig, ID, more), header)));

  await t.test("a client proves itself by a JWT that it signed, for the issuer or the token endpoint", async () => {
    for (const aud of [rig.baseUrl, `${rig.baseUrl}/token`, `${rig.baseUrl}/oauth/chatgpt/token`, [rig.baseUrl]])
      await tokensOf(redeem(await code(), { aud }));
  });

  await t.test("client_id may be left out: the assertion names the client", async () => {
    const answer = await rig.postForm("/token", {
      grant_type: "authorization_code",
      code: await code(),
      code_verifier: "a-verifier-that-is-at-least-forty-three-characters-long",
      ...form(await signer.sign(claimsOf(rig, ID))),
    });
    await tokensOf(answer);
  });

  await t.test("a replayed jti is refused, by every process, and another jti is not", async () => {
    const waiting = await code();
    const used = await signer.sign(claimsOf(rig, ID));
    await tokensOf(rig.exchange(ID, await code(), form(used)));
    await refused(await rig.exchange(ID, waiting, form(used)), 401, "invalid_client");
    const same = claimsOf(rig, ID, { jti: "one-for-two" });
    await tokensOf(rig.exchange(ID, await code(), form(await signer.sign(same))));
    await refused(
      await rig.exchange(ID, waiting, form(await signer.sign({ ...same, exp: same.exp + 1 }))),
      401,
      "invalid_client",
    );
    const neighbour = await startOAuth(t, database, { web: testWeb(), baseUrl: rig.baseUrl });
    await refused(await neighbour.exchange(ID, waiting, form(used)), 401, "invalid_client");
    await tokensOf(redeem(waiting));
  });

  await t.test("of many uses at once, one succeeds", async () => {
    const { refresh } = await tokensOf(redeem(await code()));
    const assertion = await signer.sign(claimsOf(rig, ID));
    const answers = await Promise.all(Array.from({ length: 10 }, () => rig.refresh(ID, refresh, form(assertion))));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  });

  await t.test("an assertion without a jti can be used once, too", async () => {
    const assertion = await signer.sign(claimsOf(rig, ID, { jti: undefined }));
    await tokensOf(rig.exchange(ID, await code(), form(assertion)));
    await refused(await rig.exchange(ID, await code(), form(assertion)), 401, "invalid_client");
  });

  await t.test("what is not from the client, for us, short-lived and now is refused, and spends no code", async () => {
    const waiting = await code();
    const now = Math.floor(rig.clock.now().getTime() / 1000);
    const wrong: Record<string, unknown>[] = [
      { iss: "https://host.example/other.json" },
      { sub: "somebody" },
      { iss: undefined },
      { sub: undefined },
      { aud: undefined },
      { aud: "https://other.example" },
      { aud: [rig.baseUrl, "https://other.example"] },
      { aud: `${rig.baseUrl}/mcp` },
      { aud: [] },
      { exp: undefined },
      { exp: now - 60 },
      { exp: now + 3600 },
      { exp: "soon" },
      { exp: 1e20 },
      { nbf: now + 600 },
      { jti: "" },
      { jti: 7 },
      { jti: "x".repeat(513) },
    ];
    for (const more of wrong) {
      const answer = await redeem(waiting, more);
      assert.equal(answer.status, 401, JSON.stringify(more));
      await refused(answer, 401, "invalid_client");
    }
    await tokensOf(redeem(waiting));
  });

  await t.test(
    "alg-confusion: no algorithm but an asymmetric one that we list, and no key but the client's",
    async () => {
      const waiting = await code();
      const claims = claimsOf(rig, ID);
      const stranger = await createSigner("first");
      const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
      const unsigned = `${encoded({ alg: "none" })}.${encoded(claims)}.`;
      const publicAsSecret = await new SignJWT(claims)
        .setProtectedHeader({ alg: "HS256", kid: "first" })
        .sign(new TextEncoder().encode(JSON.stringify(signer.jwk)));
      const embedded = await stranger.sign(claimsOf(rig, ID), { jwk: stranger.jwk, jku: "https://evil.example/jwks" });
      for (const assertion of [
        unsigned,
        publicAsSecret,
        embedded,
        await stranger.sign(claims),
        await signer.sign(claims, { kid: "unknown" }),
        (await signer.sign(claims)).slice(0, -4),
        "x.y.z",
        "nonsense",
        encoded({}),
      ])
        await refused(await rig.exchange(ID, waiting, form(assertion)), 401, "invalid_client");
      await tokensOf(redeem(waiting));
    },
  );

  await t.test("nothing, a secret, and half of an assertion do not prove it", async () => {
    const waiting = await code();
    const assertion = await signer.sign(claimsOf(rig, ID));
    for (const more of [
      {},
      { client_secret: "guess" },
      { client_assertion: assertion },
      { client_assertion_type: ASSERTION_TYPE },
      {
        client_assertion: assertion,
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:saml2-bearer",
      },
    ])
      await refused(await rig.exchange(ID, waiting, more), 401, "invalid_client");
    await refused(await rig.exchange("another", waiting, form(assertion)), 400, "invalid_request");
  });

  await t.test("revocation asks for it, too", async () => {
    const { access } = await tokensOf(redeem(await code()));
    await refused(await rig.postForm("/revoke", { token: access, client_id: ID }), 401, "invalid_client");
    const revoke = { token: access, ...form(await signer.sign(claimsOf(rig, ID))) };
    assert.equal((await rig.postForm("/revoke", revoke)).status, 200);
    assert.equal((await rig.call(access)).status, 401);
  });

  assert.deepEqual(rig.unforeseen, []);
});

eachEngine("the keys of a client at its jwks_uri", migrations, async (t, database) => {
  const [first, second] = [await createSigner("first"), await createSigner("second", "RS256")];
  const { rig, web, publishKeys } = await start(t, database, first);
  const userId = await rig.addUser();
  const answers = async (signer: Signer, more: Record<string, unknown> = {}) => {
    const { code } = await rig.approve(ID, userId);
    return (await rig.exchange(ID, code, form(await signer.sign(claimsOf(rig, ID, more))))).status;
  };

  await t.test("are read once and kept", async () => {
    assert.deepEqual([await answers(first), await answers(first)], [200, 200]);
    assert.equal(web.asked(JWKS), 1);
  });

  await t.test("a new key is found when it is used, and an invented kid asks at most every 30 s", async () => {
    publishKeys(first.jwk, second.jwk);
    assert.equal(await answers(second), 401, "just asked");
    rig.clock.advance(31);
    assert.equal(await answers(second), 200);
    assert.equal(web.asked(JWKS), 2);
    rig.clock.advance(31);
    const invented = await createSigner("invented");
    for (let index = 0; index < 5; index += 1) assert.equal(await answers(invented), 401);
    assert.equal(web.asked(JWKS), 3);
  });

  await t.test("a withdrawn key stands for an hour at most", async () => {
    publishKeys(second.jwk);
    rig.clock.advance(3601);
    assert.deepEqual([await answers(first), await answers(second)], [401, 200]);
  });

  await t.test("the last good copy proves while the host is down", async () => {
    web.takeDown(JWKS);
    rig.clock.advance(2 * 3600);
    const before = web.asked(JWKS);
    assert.deepEqual([await answers(second), await answers(second)], [200, 200]);
    assert.equal(web.asked(JWKS), before + 1);
  });

  await t.test("a set that publishes a private key, or none that is used here, is no key set", async () => {
    const id = "https://host.example/bad.json";
    const jwks = "https://host.example/bad-keys.json";
    web.publish(id, {
      client_id: id,
      redirect_uris: [CALLBACK],
      token_endpoint_auth_method: "private_key_jwt",
      jwks_uri: jwks,
    });
    for (const keys of [[{ ...first.jwk, d: "secret" }], [{ kty: "oct", k: "c2VjcmV0", kid: "first" }], [], "x"]) {
      web.publish(jwks, { keys });
      rig.clock.advance(31);
      const { code } = await rig.approve(id, userId);
      const assertion = await first.sign(claimsOf(rig, id));
      await refused(await rig.exchange(id, code, form(assertion)), 401, "invalid_client");
    }
  });

  assert.deepEqual(rig.unforeseen, []);
});

eachEngine("a client registers with a key of its own", migrations, async (t, database) => {
  const signer = await createSigner("own", "EdDSA");
  const rig = await startOAuth(t, database);
  const id = await rig.register({ token_endpoint_auth_method: "private_key_jwt", jwks: { keys: [signer.jwk] } });
  const { code } = await rig.approve(id, await rig.addUser());
  await refused(await rig.exchange(id, code), 401, "invalid_client");
  await tokensOf(rig.exchange(id, code, form(await signer.sign(claimsOf(rig, id)))));
  assert.deepEqual(rig.unforeseen, []);
});
