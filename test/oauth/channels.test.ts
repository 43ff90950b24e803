import assert from "node:assert/strict";
import { decodeJwt } from "jose";
import { shownPerson } from "../clients/shown-person.ts";
import { eachEngine } from "../database.ts";
import { operatorClient } from "./operator-client.ts";
import { CALLBACK, challengeOf, membersOf, migrations, refused, startOAuth, tokensOf, VERIFIER } from "./rig.ts";

eachEngine("a channel's own addresses", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const [clientId, userId] = [await rig.register(), await rig.addUser()];
  const channelOf = async (access: string) => (await membersOf(await rig.call(access)))["channel"];
  const query = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: CALLBACK,
    code_challenge: challengeOf(VERIFIER),
    code_challenge_method: "S256",
  });
  const redeem = (path: string, code: string, client = clientId) =>
    rig.postForm(path, { grant_type: "authorization_code", client_id: client, code, code_verifier: VERIFIER });
  /** A code that a browser got on our own page, begun at this address. */
  const codeByBrowser = async (path: string): Promise<string> => {
    const begun = await rig.get(`${path}?${query.toString()}`);
    assert.equal(begun.status, 302);
    const handle = new URL(begun.headers.get("location") ?? "").searchParams.get("request") ?? "";
    const cookie = `${begun.headers.get("set-cookie")?.split(";")[0]}; session=${userId}`;
    const person = await shownPerson(await rig.get(`/api/consent?request=${handle}`, { cookie }));
    const decided = await rig.postJson("/authorize", { request: handle, user_consent: true, person }, { cookie });
    return String((await membersOf(decided))["code"]);
  };

  for (const channel of ["chatgpt", "claude"]) {
    await t.test(`what begins at ${channel}'s address is a link of ${channel}, wherever it ends`, async () => {
      for (const end of ["/token", `/oauth/${channel}/token`]) {
        const code = await codeByBrowser(`/oauth/${channel}/authorize`);
        assert.equal(await channelOf((await tokensOf(redeem(end, code))).access), channel);
      }
    });

    await t.test(`what begins elsewhere and ends at ${channel}'s address is one, too`, async () => {
      const code = await codeByBrowser("/authorize");
      const tokens = await tokensOf(redeem(`/oauth/${channel}/token`, code));
      assert.equal(await channelOf(tokens.access), channel);
      const form = { grant_type: "refresh_token", client_id: clientId, refresh_token: tokens.refresh };
      const next = await tokensOf(rig.postForm("/token", form));
      assert.equal(await channelOf(next.access), channel, "a refresh at another address changes nothing");
    });

    await t.test(`the published contract, sent to ${channel}'s address, tags the link as well`, async () => {
      const decided = await rig.postJson(`/oauth/${channel}/authorize`, rig.decision(clientId, userId));
      const { access } = await tokensOf(redeem("/token", String((await membersOf(decided))["code"])));
      assert.equal(await channelOf(access), channel);
    });
  }

  await t.test("there is one issuer, one audience and one key set behind all of them", async () => {
    const code = await codeByBrowser("/oauth/chatgpt/authorize");
    const { iss, aud } = decodeJwt((await tokensOf(redeem("/oauth/claude/token", code))).access);
    assert.deepEqual({ iss, aud }, { iss: rig.baseUrl, aud: rig.baseUrl });
  });

  await t.test("without such an address, where the answer goes tells the channel", async () => {
    const { access } = await rig.link(clientId, userId);
    assert.equal(await channelOf(access), "mcp");
  });

  await t.test("a host that proves itself by where its answers go is not taken for another", async () => {
    const redirect_uri = "https://claude.ai/api/mcp/auth_callback";
    const claude = await rig.register({ redirect_uris: [redirect_uri] });
    const decided = await rig.postJson("/oauth/chatgpt/authorize", rig.decision(claude, userId, { redirect_uri }));
    const code = String((await membersOf(decided))["code"]);
    const { access } = await tokensOf(redeem("/oauth/chatgpt/token", code, claude));
    assert.equal(await channelOf(access), "claude");
  });

  await t.test("the channel that an operator gave a client wins", async () => {
    const gpt = await operatorClient(rig, { channel: "actions" });
    const decided = await rig.postJson("/oauth/chatgpt/authorize", rig.decision(gpt.id, userId));
    const code = String((await membersOf(decided))["code"]);
    const form = { grant_type: "authorization_code", code, code_verifier: VERIFIER };
    const { access } = await tokensOf(rig.postForm("/oauth/chatgpt/token", form, gpt.basic));
    assert.equal(await channelOf(access), "actions");
  });

  await t.test("an unknown channel has no address: nobody is redirected and no code is spent", async () => {
    for (const channel of ["gemini", "mcp", "web", "ChatGPT", "constructor", "%63hatgpt%00", "clients"]) {
      const seen = await rig.get(`/oauth/${channel}/authorize?${query.toString()}`);
      assert.equal(seen.headers.get("location"), null);
      await refused(seen, 404, "invalid_request");
      await refused(
        await rig.postJson(`/oauth/${channel}/authorize`, rig.decision(clientId, userId)),
        404,
        "invalid_request",
      );
    }
    const code = await codeByBrowser("/authorize");
    await refused(await redeem("/oauth/gemini/token", code), 404, "invalid_request");
    assert.equal((await redeem("/token", code)).status, 200);
  });

  await t.test("the first stack's registration address makes the same clients", async () => {
    const response = await rig.postJson("/api/mcp/dcr/register", { client_name: "Old", redirect_uris: [CALLBACK] });
    assert.equal(response.status, 201);
    const registered = await membersOf(response);
    assert.equal(registered["token_endpoint_auth_method"], "none");
    assert.equal((await rig.link(String(registered["client_id"]), userId)).scope, "read write");
    await refused(await rig.postJson("/api/mcp/dcr/register", { redirect_uris: [] }), 400, "invalid_redirect_uri");
  });

  assert.deepEqual(rig.unforeseen, []);
});

eachEngine("PKCE that an operator waived for one client", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const userId = await rig.addUser();
  const gpt = await operatorClient(rig, { pkceOptional: true, channel: "actions" });
  const plain = { code_challenge: undefined, code_challenge_method: undefined };
  const redeem = (code: string, more: Record<string, string> = { redirect_uri: CALLBACK }) =>
    rig.postForm("/token", { grant_type: "authorization_code", code, ...more }, gpt.basic);

  await t.test("GPT Actions link, refresh and are revoked without it", async () => {
    const { code } = await rig.approve(gpt.id, userId, plain);
    const tokens = await tokensOf(redeem(code));
    assert.equal((await rig.call(tokens.access)).status, 200);
    const form = { grant_type: "refresh_token", refresh_token: tokens.refresh, ...gpt.post };
    const next = await tokensOf(rig.postForm("/token", form));
    assert.equal((await rig.postForm("/revoke", { token: next.refresh }, gpt.basic)).status, 200);
    await refused(await rig.call(next.access), 401, "invalid_token");
  });

  await t.test("a verifier for a code without a challenge shows that somebody took it away (RFC 9700)", async () => {
    const { code } = await rig.approve(gpt.id, userId, plain);
    const more = { redirect_uri: CALLBACK, code_verifier: VERIFIER };
    await refused(await redeem(code, more), 400, "invalid_grant");
    assert.equal((await redeem(code)).status, 200, "the refusal does not spend it");
  });

  await t.test("without PKCE the address must be named, and be the one (RFC 6749 §4.1.3)", async () => {
    const { code } = await rig.approve(gpt.id, userId, plain);
    await refused(await redeem(code, {}), 400, "invalid_grant");
    await refused(await redeem(code, { redirect_uri: `${CALLBACK}/x` }), 400, "invalid_grant");
    assert.equal((await redeem(code)).status, 200);
  });

  await t.test("a challenge that is given is held to it", async () => {
    const { code } = await rig.approve(gpt.id, userId);
    await refused(await redeem(code), 400, "invalid_grant");
    await refused(await redeem(code, { code_verifier: "x".repeat(43) }), 400, "invalid_grant");
    assert.equal((await redeem(code, { code_verifier: VERIFIER })).status, 200);
    for (const half of [
      { code_challenge: undefined },
      { code_challenge_method: "plain" },
      { code_challenge_method: undefined },
      { code_challenge: "short" },
    ]) {
      const body = rig.decision(gpt.id, userId, half);
      await refused(await rig.postJson("/authorize", body), 400, "invalid_request");
    }
  });

  await t.test("the secret alone is needed then, so without it nothing is given", async () => {
    const { code } = await rig.approve(gpt.id, userId, plain);
    const form = { grant_type: "authorization_code", code, redirect_uri: CALLBACK };
    await refused(await rig.postForm("/token", { ...form, client_id: gpt.id }), 401, "invalid_client");
    await refused(
      await rig.postForm("/token", { ...form, client_id: gpt.id, client_secret: "guess" }),
      401,
      "invalid_client",
    );
    assert.equal((await redeem(code)).status, 200);
  });

  await t.test("no other client can do without it: a public one never, whatever its row says", async () => {
    const strict = await operatorClient(rig);
    const mislabelled = await operatorClient(rig, { pkceOptional: true, authMethod: "none", authMethods: ["none"] });
    for (const id of [strict.id, mislabelled.id, await rig.register()])
      await refused(await rig.postJson("/authorize", rig.decision(id, userId, plain)), 400, "invalid_request");
  });

  assert.deepEqual(rig.unforeseen, []);
});
