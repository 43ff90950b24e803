import assert from "node:assert/strict";
import { SignJWT } from "jose";
import { eachEngine } from "../database.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { after } from "../../src/kernel/clock.ts";
import { type OperatorClient, operatorClient } from "./operator-client.ts";
import { membersOf, migrations, refused, startOAuth, tokensOf, VERIFIER } from "./rig.ts";

const GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
const SCOPE = "privy:token:exchange";
const ISSUED = 1_763_700_000;

eachEngine("a person's token at the provider", migrations, async (t, database) => {
  const upstream = await new SignJWT({ iat: ISSUED }).setProtectedHeader({ alg: "HS256" }).sign(Buffer.alloc(32, 1));
  const asked: string[] = [];
  let alive = true;
  const rig = await startOAuth(t, database, {
    upstreamToken: async (userId, provider) => {
      asked.push(`${provider} of ${userId}`);
      if (alive) return { token: upstream, expiresAt: after(rig.clock.now(), 600), subject: "did:privy:ana" };
      throw new AppError("relink_required", "Your Privy sign-in has ended.");
    },
  });
  const userId = await rig.addUser();
  const service = await operatorClient(rig, { internal: true });
  const outsider = await operatorClient(rig);

  /** A link of a client with a secret. */
  const linked = async (client: OperatorClient, scope: string) => {
    const { code } = await rig.approve(client.id, userId, { scope });
    const form = { grant_type: "authorization_code", code, code_verifier: VERIFIER };
    return tokensOf(rig.postForm("/token", form, client.basic));
  };
  const exchange = (token: string, more: Record<string, string> = {}, by: OperatorClient = service) => {
    const form = { grant_type: GRANT, subject_token: token, subject_token_type: ACCESS_TOKEN, ...more };
    return rig.postForm("/token", form, by.basic);
  };
  const byBearer = (token: string) =>
    rig.postForm("/token/privy/access-token", {}, { authorization: `Bearer ${token}` });

  const { access } = await linked(service, `read ${SCOPE}`);

  await t.test("a service of the company's own exchanges its access token for it (RFC 8693)", async () => {
    const response = await exchange(access);
    assert.equal(response.status, 200);
    assert.match(response.headers.get("cache-control") ?? "", /no-store/);
    assert.deepEqual(await membersOf(response), {
      access_token: upstream,
      issued_token_type: ACCESS_TOKEN,
      token_type: "Bearer",
      expires_in: 600,
    });
    const named = await exchange(access, { audience: "privy", requested_token_type: ACCESS_TOKEN });
    assert.equal(named.status, 200);
    assert.deepEqual(new Set(asked), new Set([`privy of ${userId}`]));
  });

  await t.test("the seed's address answers in the seed's shape", async () => {
    const response = await byBearer(access);
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.deepEqual(await membersOf(response), {
      privyAccessToken: upstream,
      expiresAt: Math.floor(after(rig.clock.now(), 600).getTime() / 1000),
      issuedAt: ISSUED,
      userId: "did:privy:ana",
      scope: ["read", SCOPE],
    });
  });

  await t.test("no endpoint gives it to a public client", async () => {
    asked.length = 0;
    const clientId = await rig.register();
    const tokens = await rig.link(clientId, userId, { scope: `mcp:invoke profile ${SCOPE}` });
    assert.equal(tokens.scope, "mcp:invoke profile", "it cannot even hold the scope");
    await refused(await byBearer(tokens.access), 400, "unauthorized_client");
    const form = {
      grant_type: GRANT,
      client_id: clientId,
      subject_token: tokens.access,
      subject_token_type: ACCESS_TOKEN,
    };
    await refused(await rig.postForm("/token", form), 400, "unauthorized_client");
    assert.deepEqual(asked, []);
  });

  await t.test("nor to a client with a secret that is none of the company's own", async () => {
    const tokens = await linked(outsider, `read ${SCOPE}`);
    assert.equal(tokens.scope, "read");
    await refused(await byBearer(tokens.access), 400, "unauthorized_client");
    await refused(await exchange(tokens.access, {}, outsider), 400, "unauthorized_client");
    assert.deepEqual(asked, []);
  });

  await t.test("the person must have agreed to it, for this client", async () => {
    const without = await linked(service, "read");
    const seen = await byBearer(without.access);
    assert.match(seen.headers.get("www-authenticate") ?? "", /error="insufficient_scope"/);
    await refused(seen, 403, "insufficient_scope");
    await refused(await exchange(without.access), 403, "insufficient_scope");
    const assistant = await rig.link(await rig.register(), userId);
    await refused(await exchange(assistant.access), 400, "invalid_request");
    const another = await operatorClient(rig, { internal: true });
    await refused(await exchange(access, {}, another), 400, "invalid_request");
    assert.deepEqual(asked, []);
  });

  await t.test("a service proves itself, and only live access tokens of this server count", async () => {
    const bare = { grant_type: GRANT, client_id: service.id, subject_token: access, subject_token_type: ACCESS_TOKEN };
    await refused(await rig.postForm("/token", bare), 401, "invalid_client");
    await refused(await rig.postForm("/token", { ...bare, client_secret: "guess" }), 401, "invalid_client");
    const { access: ended, refresh } = await linked(service, `read ${SCOPE}`);
    await rig.postForm("/revoke", { token: ended }, service.basic);
    for (const token of ["garbage", ended, refresh, upstream, "a b", "a\r\nx-user: b", "\u{1f511}", `${access},`])
      await refused(await exchange(token), 400, "invalid_request");
    await refused(await byBearer(ended), 401, "invalid_token");
    await refused(await byBearer("garbage"), 401, "invalid_token");
    await refused(await rig.postForm("/token/privy/access-token", {}), 401, "invalid_token");
    assert.deepEqual(asked, []);
  });

  await t.test("what is asked for must be what there is", async () => {
    await refused(await exchange(""), 400, "invalid_request");
    await refused(await exchange(access, { subject_token_type: "urn:x" }), 400, "invalid_request");
    await refused(await exchange(access, { requested_token_type: "urn:x" }), 400, "invalid_request");
    await refused(await exchange(access, { actor_token: access }), 400, "invalid_request");
    await refused(await exchange(access, { audience: "https://api.example" }), 400, "invalid_target");
    assert.deepEqual(asked, []);
  });

  await t.test("a sign-in that has ended asks for a new link", async () => {
    alive = false;
    const seen = await byBearer(access);
    assert.match(seen.headers.get("www-authenticate") ?? "", /^Bearer resource_metadata=/);
    await refused(seen, 401, "invalid_token");
    await refused(await exchange(access), 401, "invalid_token");
  });

  assert.deepEqual(rig.unforeseen, []);
});
