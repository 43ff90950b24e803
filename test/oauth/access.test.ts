import assert from "node:assert/strict";
import { decodeJwt, SignJWT, UnsecuredJWT } from "jose";
import { generateKeyPairSync } from "node:crypto";
import { sql } from "kysely";
import { uuidv7 } from "../../src/kernel/ids.ts";
import { eachEngine } from "../database.ts";
import { CALLBACK, membersOf, migrations, refused, startOAuth, tokensOf } from "./rig.ts";

const DAY = 24 * 3600;

eachEngine("a bearer is believed only as far as it proves itself", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const [clientId, userId] = [await rig.register({ client_name: "Claude" }), await rig.addUser()];
  const tokens = await rig.link(clientId, userId, { scope: "mcp:invoke" });

  await t.test("X-User-header-spoof: who calls is in the token, whatever other headers say", async () => {
    const spoofed = { "x-user-sub": uuidv7(new Date()), "x-user-email": "boss@example.com", "x-user-issuer": "evil" };
    const principal = await membersOf(await rig.call(tokens.access, spoofed));
    assert.deepEqual(principal, {
      userId,
      clientId,
      clientName: "Claude",
      grantId: decodeJwt(tokens.access)["gid"],
      scopes: ["mcp:invoke", "read", "write"],
      channel: "mcp",
      paused: false,
    });
  });

  await t.test("no token, another scheme and a token in the address are no authentication", async () => {
    await refused(await rig.postForm("/mcp", ""), 401, "invalid_token");
    await refused(await rig.postForm("/mcp", "", { authorization: `Basic ${tokens.access}` }), 401, "invalid_token");
    await refused(await rig.postForm(`/mcp?access_token=${tokens.access}`, ""), 401, "invalid_token");
  });

  await t.test("a forged, foreign, altered or other token is refused", async () => {
    const claims = decodeJwt(tokens.access);
    const kid =
      rig.oauth.grants && JSON.parse(Buffer.from(tokens.access.split(".")[0] ?? "", "base64url").toString()).kid;
    const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const published: unknown = await (await rig.get("/.well-known/jwks.json")).json();
    const header = { alg: "RS256", typ: "at+jwt", kid };
    const forged = [
      new UnsecuredJWT(claims).encode(),
      await new SignJWT(claims).setProtectedHeader(header).sign(stranger.privateKey),
      await new SignJWT(claims).setProtectedHeader({ ...header, kid: "unknown" }).sign(stranger.privateKey),
      await new SignJWT(claims)
        .setProtectedHeader({ ...header, alg: "HS256" })
        .sign(Buffer.from(JSON.stringify(published))),
      `${tokens.access.slice(0, -8)}AAAAAAAA`,
      tokens.access.split(".").slice(0, 2).join("."),
      tokens.refresh,
      "x",
    ];
    for (const token of forged) await refused(await rig.call(token), 401, "invalid_token");
  });

  await t.test("channels come from where codes go, not from a name", async () => {
    const redirects = {
      "https://chatgpt.com/connector/oauth/x": "chatgpt",
      "https://claude.ai/api/mcp/auth_callback": "claude",
    };
    for (const [uri, channel] of Object.entries(redirects)) {
      const host = await rig.register({ client_name: "Anything", redirect_uris: [uri] });
      const { access } = await rig.link(host, userId, { redirect_uri: uri });
      assert.equal((await membersOf(await rig.call(access)))["channel"], channel);
    }
  });

  await t.test("a token ends after an hour; its grant goes on", async () => {
    const { access, refresh } = await rig.link(clientId, userId);
    rig.clock.advance(3599);
    assert.equal((await rig.call(access)).status, 200);
    rig.clock.advance(2);
    await refused(await rig.call(access), 401, "invalid_token");
    assert.equal((await rig.call((await tokensOf(rig.refresh(clientId, refresh))).access)).status, 200);
  });

  assert.deepEqual(rig.unforeseen, []);
});

eachEngine(
  "audience-with-/mcp: a token is for this server, by either of its addresses",
  migrations,
  async (t, database) => {
    const rig = await startOAuth(t, database);
    const [clientId, userId] = [await rig.register(), await rig.addUser()];
    for (const [resource, audience] of [
      [undefined, ""],
      ["/", ""],
      ["/mcp", "/mcp"],
      ["/mcp/", "/mcp"],
    ]) {
      const more = resource === undefined ? {} : { resource: `${rig.baseUrl}${resource}` };
      const { access } = await rig.link(clientId, userId, more);
      assert.equal(decodeJwt(access).aud, `${rig.baseUrl}${audience}`);
      assert.equal((await rig.call(access)).status, 200);
    }
    const { code } = await rig.approve(clientId, userId);
    const late = await tokensOf(rig.exchange(clientId, code, { resource: `${rig.baseUrl}/mcp` }));
    assert.equal(
      decodeJwt(late.access).aud,
      `${rig.baseUrl}/mcp`,
      "a client that names it at the token endpoint gets it",
    );
    const bound = await rig.approve(clientId, userId, { resource: `${rig.baseUrl}/mcp` });
    await refused(await rig.exchange(clientId, bound.code, { resource: rig.baseUrl }), 400, "invalid_target");
    assert.equal((await rig.exchange(clientId, bound.code)).status, 200, "a refused request does not use up the code");

    const receipts = (token: string) => rig.get("/receipts", { authorization: `Bearer ${token}` });
    const whole = await rig.link(clientId, userId);
    assert.equal((await receipts(whole.access)).status, 200);
    const ofMcp = await rig.link(clientId, userId, { resource: `${rig.baseUrl}/mcp` });
    assert.equal((await rig.call(ofMcp.access)).status, 200);
    const answer = await refused(await receipts(ofMcp.access), 401, "invalid_token");
    assert.equal(answer["error_description"], "The access token is for another address of this server.");

    const elsewhere = await startOAuth(t, database, { baseUrl: "https://other.example" });
    const { access } = await elsewhere.link(clientId, userId);
    await refused(await rig.call(access), 401, "invalid_token");
  },
);

eachEngine("a person sees their links and ends them", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const [clientId, userId, other] = [
    await rig.register({ client_name: "Claude" }),
    await rig.addUser(),
    await rig.addUser(),
  ];
  const revoke = (user: string, id: string) => rig.oauth.grants.revoke(database.handle, user, id, rig.clock.now());

  await t.test("the list names client, surface, host, scopes and last use", async () => {
    const { access } = await rig.link(clientId, userId, { scope: "read" });
    assert.equal((await rig.oauth.grants.list(userId))[0]?.lastUsedAt, null, "nothing was called yet");
    await rig.call(access);
    const first = rig.clock.now().toISOString();
    rig.clock.advance(59);
    await rig.call(access);
    const [fresh] = await rig.oauth.grants.list(userId);
    assert.equal(fresh?.lastUsedAt, first, "a use within the minute is not written down");
    rig.clock.advance(2);
    await rig.call(access);
    const [grant, ...rest] = await rig.oauth.grants.list(userId);
    assert.deepEqual(rest, []);
    assert.deepEqual(grant, {
      id: decodeJwt(access)["gid"],
      clientId,
      clientName: "Claude",
      clientKind: "dynamic",
      clientVerified: false,
      channel: "mcp",
      redirectHost: new URL(CALLBACK).host,
      scopes: [{ name: "read", grants: "Read your items and intents" }],
      permissions: [{ name: "read", grants: "Read your items and intents" }],
      createdAt: fresh?.createdAt,
      lastUsedAt: rig.clock.now().toISOString(),
    });
    assert.deepEqual(await rig.oauth.grants.list(other), []);
  });

  await t.test("a code that was never exchanged is no link", async () => {
    await rig.approve(clientId, other);
    assert.deepEqual(await rig.oauth.grants.list(other), []);
  });

  await t.test("revoking refuses the very next call and refresh, at every process", async () => {
    const second = await startOAuth(t, database, { baseUrl: rig.baseUrl });
    const { access, refresh } = await rig.link(clientId, userId);
    assert.equal((await rig.call(access)).status, 200);
    assert.equal((await second.call(access)).status, 200);
    const id = String(decodeJwt(access)["gid"]);
    assert.equal(await revoke(other, id), false, "another person cannot");
    assert.equal((await rig.call(access)).status, 200);
    assert.equal(await revoke(userId, id), true);
    await refused(await rig.call(access), 401, "invalid_token");
    await refused(await second.call(access), 401, "invalid_token");
    await refused(await rig.refresh(clientId, refresh), 400, "invalid_grant");
    assert.equal(await revoke(userId, id), false, "it ends once");
    assert.equal(await revoke(userId, "not-an-id"), false);
  });

  await t.test("revoking leaves no code by which the link would come back", async () => {
    const stranger = await rig.register();
    const endings = {
      person: (access: string) => revoke(userId, String(decodeJwt(access)["gid"])),
      client: (access: string) => rig.postForm("/revoke", { client_id: clientId, token: access }),
    };
    for (const end of Object.values(endings)) {
      const { access } = await rig.link(clientId, userId);
      const [waiting, elsewhere, others] = [
        await rig.approve(clientId, userId),
        await rig.approve(stranger, userId),
        await rig.approve(clientId, other),
      ];
      await end(access);
      await refused(await rig.exchange(clientId, waiting.code), 400, "invalid_grant");
      assert.equal((await rig.exchange(stranger, elsewhere.code)).status, 200, "another client's stays");
      assert.equal((await rig.exchange(clientId, others.code)).status, 200, "another person's stays");
    }
  });

  await t.test("a revocation that is rolled back revoked nothing", async () => {
    const { access } = await rig.link(clientId, userId);
    const id = String(decodeJwt(access)["gid"]);
    const failing = database.transaction(async (handle) => {
      await rig.oauth.grants.revoke(handle, userId, id, rig.clock.now());
      throw new Error("the receipt could not be written");
    });
    await assert.rejects(failing, /receipt/);
    assert.equal((await rig.call(access)).status, 200);
  });

  await t.test("a link ends after 30 unused days, and any use keeps it", async () => {
    const { access, refresh } = await rig.link(clientId, userId);
    const id = decodeJwt(access)["gid"];
    const listed = async () => (await rig.oauth.grants.list(userId)).some((grant) => grant.id === id);
    rig.clock.advance(29 * DAY);
    const kept = await tokensOf(rig.refresh(clientId, refresh));
    rig.clock.advance(29 * DAY);
    const again = await tokensOf(rig.refresh(clientId, kept.refresh));
    assert.ok(await listed());
    rig.clock.advance(30 * DAY);
    await refused(await rig.refresh(clientId, again.refresh), 400, "invalid_grant");
    assert.equal(await listed(), false);
  });

  assert.deepEqual(rig.unforeseen, []);
});

eachEngine("POST /revoke", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const [clientId, userId] = [await rig.register(), await rig.addUser()];
  const revoke = (token: string, by = clientId) => rig.postForm("/revoke", { client_id: by, token });

  await t.test("either token ends the whole link", async () => {
    for (const kind of ["access", "refresh"] as const) {
      const tokens = await rig.link(clientId, userId);
      const answer = await revoke(tokens[kind]);
      assert.equal(answer.status, 200);
      assert.equal(await answer.text(), "");
      await refused(await rig.call(tokens.access), 401, "invalid_token");
      await refused(await rig.refresh(clientId, tokens.refresh), 400, "invalid_grant");
      assert.equal((await revoke(tokens[kind])).status, 200, "again is as good as once");
    }
  });

  await t.test("a client can give back only its own", async () => {
    const tokens = await rig.link(clientId, userId);
    const stranger = await rig.register();
    await refused(await revoke(tokens.access, stranger), 400, "invalid_grant");
    await refused(await revoke(tokens.refresh, stranger), 400, "invalid_grant");
    await refused(await revoke(tokens.refresh, "client_unknown"), 401, "invalid_client");
    await refused(await rig.postForm("/revoke", { token: tokens.refresh }), 401, "invalid_client");
    assert.equal((await rig.call(tokens.access)).status, 200);
  });

  await t.test("a token that is none is as good as revoked; no token at all is an error", async () => {
    assert.equal((await revoke("garbage")).status, 200);
    await refused(await revoke(""), 400, "invalid_request");
  });

  assert.deepEqual(rig.unforeseen, []);
});

eachEngine(
  "restart-keeps-link: tokens outlive the process, and nothing readable lies in the database",
  migrations,
  async (t, database) => {
    const before = await startOAuth(t, database, { baseUrl: "https://bellhop.example" });
    const [clientId, userId] = [await before.register(), await before.addUser()];
    const { code, access, refresh } = await before.link(clientId, userId);
    const after = await startOAuth(t, database, { baseUrl: "https://bellhop.example" });
    assert.equal((await after.call(access)).status, 200);
    const next = await tokensOf(after.refresh(clientId, refresh));

    const dump: string[] = [];
    for (const table of ["oauth_clients", "oauth_grants", "oauth_codes", "oauth_keys"]) {
      const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.table(table)} as t`.execute(
        database.handle,
      );
      dump.push(...rows.map(({ row }) => row));
    }
    assert.ok(dump.length >= 4);
    const secrets = [
      code,
      access,
      refresh,
      next.access,
      next.refresh,
      "PRIVATE KEY",
      Buffer.from("PRIVATE KEY").toString("hex"),
    ];
    for (const secret of secrets) assert.equal(dump.join("\n").includes(secret), false);
  },
);
