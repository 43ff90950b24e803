import assert from "node:assert/strict";
import * as client from "oauth4webapi";
import { after } from "../../src/kernel/clock.ts";
import { eachEngine } from "../database.ts";
import { operatorClient } from "./operator-client.ts";
import { migrations, type Rig, startOAuth, tokensOf, VERIFIER } from "./rig.ts";

const insecure = { [client.allowInsecureRequests]: true } as const;

/** The server as a client finds it that knows OpenID Connect alone. */
async function found(rig: Rig): Promise<client.AuthorizationServer> {
  const issuer = new URL(rig.baseUrl);
  const answer = await client.discoveryRequest(issuer, { algorithm: "oidc", ...insecure });
  return client.processDiscoveryResponse(issuer, answer);
}

eachEngine("an independent library understands every further endpoint", migrations, async (t, database) => {
  const rig = await startOAuth(t, database, {
    upstreamToken: async () => ({ token: "opaque", expiresAt: after(rig.clock.now(), 60), subject: "did:privy:ana" }),
  });
  const userId = await rig.addUser();
  const server = await found(rig);
  const own = await operatorClient(rig, { internal: true });
  const me: client.Client = { client_id: own.id };
  const { code } = await rig.approve(own.id, userId, { scope: "profile privy:token:exchange" });
  const form = { grant_type: "authorization_code", code, code_verifier: VERIFIER };
  const tokens = await tokensOf(rig.postForm("/token", form, own.basic));

  await t.test("openid-configuration is enough to find them all", () => {
    assert.equal(server.issuer, rig.baseUrl);
    for (const name of ["introspection_endpoint", "revocation_endpoint", "userinfo_endpoint", "jwks_uri"] as const)
      assert.ok(server[name]?.startsWith(rig.baseUrl), name);
  });

  for (const [name, proof] of [
    ["in the header", client.ClientSecretBasic(own.secret)],
    ["in the form", client.ClientSecretPost(own.secret)],
  ] as const) {
    await t.test(`introspection, with the secret ${name}`, async () => {
      const live = await client.introspectionRequest(server, me, proof, tokens.access, insecure);
      const described = await client.processIntrospectionResponse(server, me, live);
      assert.deepEqual({ active: described.active, sub: described.sub }, { active: true, sub: userId });
      const dead = await client.introspectionRequest(server, me, proof, "garbage", insecure);
      assert.deepEqual(await client.processIntrospectionResponse(server, me, dead), { active: false });
    });
  }

  await t.test("userinfo names the person whom the token is about", async () => {
    const answer = await client.userInfoRequest(server, me, tokens.access, insecure);
    const person = await client.processUserInfoResponse(server, me, userId, answer);
    assert.deepEqual([person.email, person.email_verified], ["ana@example.com", true]);
  });

  await t.test("an access token is RFC 9068's, by our published keys", async () => {
    const request = new Request(`${rig.baseUrl}/anything`, { headers: { authorization: `Bearer ${tokens.access}` } });
    const claims = await client.validateJwtAccessToken(server, request, rig.baseUrl, insecure);
    assert.equal(claims.sub, userId);
    assert.equal(claims.client_id, own.id);
  });

  await t.test("token exchange answers as RFC 8693 §2.2.1 says", async () => {
    const type = "urn:ietf:params:oauth:token-type:access_token";
    const answer = await client.genericTokenEndpointRequest(
      server,
      me,
      client.ClientSecretBasic(own.secret),
      "urn:ietf:params:oauth:grant-type:token-exchange",
      { subject_token: tokens.access, subject_token_type: type },
      insecure,
    );
    const exchanged = await client.processGenericTokenEndpointResponse(server, me, answer);
    assert.deepEqual([exchanged.access_token, exchanged["issued_token_type"]], ["opaque", type]);
  });

  await t.test("a challenge of userinfo is read as one", async () => {
    const answer = await client.userInfoRequest(server, me, "garbage", insecure);
    await assert.rejects(client.processUserInfoResponse(server, me, userId, answer), (error) => {
      assert.ok(error instanceof client.WWWAuthenticateChallengeError);
      const [challenge] = error.cause;
      assert.equal(challenge?.parameters.error, "invalid_token");
      return true;
    });
  });

  await t.test("revocation ends it", async () => {
    const proof = client.ClientSecretBasic(own.secret);
    const answer = await client.revocationRequest(server, me, proof, tokens.refresh, insecure);
    await client.processRevocationResponse(answer);
    const dead = await client.introspectionRequest(server, me, proof, tokens.access, insecure);
    assert.deepEqual(await client.processIntrospectionResponse(server, me, dead), { active: false });
  });

  assert.deepEqual(rig.unforeseen, []);
});
