import assert from "node:assert/strict";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { sql } from "kysely";
import { decodeJwt, decodeProtectedHeader, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import * as z from "zod";
import { runOperatorCommand } from "../../src/kernel/operator-command.ts";
import { cutOffUser, switchChannel } from "../../src/oauth/records/admission.ts";
import { serviceTokenCommands } from "../../src/oauth/service-token-commands.ts";
import { eachEngine } from "../database.ts";
import { membersOf, migrations, refused, type Rig, startOAuth } from "./rig.ts";

const SECRET = "a secret that several of our own processes share";

const bySecret = (text: string) => new TextEncoder().encode(text);
/** One character of the signature is another. */
const altered = (token: string): string => {
  const at = token.lastIndexOf(".") + 5;
  return token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
};

/** A token like ours, but for what is changed. */
const forged = (claims: JWTPayload, key: string, header: { alg?: string; typ?: string } = {}): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: "HS256", typ: "mcp+jwt", ...header }).sign(bySecret(key));

for (const [mode, serviceSecret, algorithm] of [
  ["by a shared secret", SECRET, "HS256"],
  ["by the signing key", undefined, "RS256"],
] as const) {
  eachEngine(`service tokens, ${mode}`, migrations, async (t, database) => {
    const rig = await startOAuth(t, database, { serviceSecret });
    const userId = await rig.addUser();
    const open = () => rig.oauth.serviceTokens.open({ userId, channel: "voice", scopes: ["read", "mcp:invoke"] });

    await t.test("one calls the tools for its person, on its channel", async () => {
      const { token, sessionId } = await open();
      const { alg, typ } = decodeProtectedHeader(token);
      assert.deepEqual({ alg, typ }, { alg: algorithm, typ: "mcp+jwt" });
      const { iss, aud, sub, iat = 0, exp = 0 } = decodeJwt(token);
      assert.deepEqual({ iss, aud, sub }, { iss: `${rig.baseUrl}/mcp`, aud: `${rig.baseUrl}/mcp`, sub: userId });
      assert.equal(exp - iat, 900);
      assert.deepEqual(await membersOf(await rig.call(token)), {
        userId,
        clientId: "bellhop-voice",
        clientName: "Voice",
        grantId: null,
        scopes: ["read", "mcp:invoke", "write"],
        channel: "voice",
        sessionId,
        paused: false,
      });
    });

    await t.test("it opens the MCP address alone, refreshes nothing and cannot be revoked by a client", async () => {
      const { token } = await open();
      await refused(await rig.get("/receipts", { authorization: `Bearer ${token}` }), 401, "invalid_token");
      const clientId = await rig.register();
      await refused(await rig.refresh(clientId, token), 400, "invalid_grant");
      await rig.postForm("/revoke", { client_id: clientId, token });
      assert.equal((await rig.call(token)).status, 200);
    });

    await t.test("it lives 15 minutes; its session makes the next one", async () => {
      const { token, sessionId } = await open();
      rig.clock.advance(899);
      assert.equal((await rig.call(token)).status, 200);
      rig.clock.advance(1);
      await refused(await rig.call(token), 401, "invalid_token");
      const next = await rig.oauth.serviceTokens.renew(sessionId);
      assert.equal(next.sessionId, sessionId);
      assert.equal((await rig.call(next.token)).status, 200);
    });

    await t.test("the end of its session refuses the very next call, and no token is made any more", async () => {
      const { token, sessionId } = await open();
      const other = await open();
      assert.equal((await rig.call(token)).status, 200);
      assert.equal(await rig.oauth.serviceTokens.end(sessionId), true);
      await refused(await rig.call(token), 401, "invalid_token");
      await assert.rejects(rig.oauth.serviceTokens.renew(sessionId), { code: "not_found" });
      assert.equal(await rig.oauth.serviceTokens.end(sessionId), false);
      assert.equal((await rig.call(other.token)).status, 200, "sessions end one by one");
    });

    await t.test("a session ends by itself after a day, however often its token was made anew", async () => {
      const { sessionId } = await open();
      rig.clock.advance(24 * 3600 + 1);
      await assert.rejects(rig.oauth.serviceTokens.renew(sessionId), { code: "not_found" });
    });

    await t.test("its session goes with its person, and stops when an administrator says so", async () => {
      const ben = await rig.addUser();
      const { token } = await rig.oauth.serviceTokens.open({ userId: ben, channel: "x", scopes: ["read"] });
      await switchChannel(database.handle, "x", false, rig.clock.now());
      assert.equal((await rig.call(token)).status, 403);
      await switchChannel(database.handle, "x", true, rig.clock.now());
      assert.equal((await rig.call(token)).status, 200);
      await cutOffUser(database.handle, ben, rig.clock.now());
      assert.equal((await rig.call(token)).status, 403);
      await sql`delete from users where id = ${ben}`.execute(database.handle);
      await refused(await rig.call(token), 401, "invalid_token");
    });

    await hostileTokens(rig, open, serviceSecret, (name, work) => t.test(name, work));
    assert.deepEqual(rig.unforeseen, []);
  });
}

/** Tokens that are not ours, or not what they say. */
async function hostileTokens(
  rig: Rig,
  open: () => Promise<{ readonly token: string; readonly sessionId: string }>,
  secret: string | undefined,
  test: (name: string, work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const { token, sessionId } = await open();
  const claims = decodeJwt(token);
  const all = async (tokens: readonly (string | Promise<string>)[]): Promise<void> => {
    for (const one of tokens) await refused(await rig.call(await one), 401, "invalid_token");
  };

  await test("a token never chooses how it is verified", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = publicKey.export({ format: "pem", type: "spki" }).toString();
    const jwks: { keys: { kid: string; n: string }[] } = await (await rig.get("/.well-known/jwks.json")).json();
    await all([
      new UnsecuredJWT(claims).encode(),
      altered(token),
      forged(claims, "another secret that nobody shares with this server"),
      forged(claims, pem),
      forged(claims, jwks.keys[0]?.n ?? ""),
      forged(claims, "x".repeat(64), { alg: "HS512" }),
      new SignJWT(claims).setProtectedHeader({ alg: "RS256", typ: "mcp+jwt" }).sign(privateKey),
      new SignJWT(claims)
        .setProtectedHeader({ alg: "RS256", typ: "mcp+jwt", kid: jwks.keys[0]?.kid ?? "" })
        .sign(privateKey),
    ]);
  });

  await test("whose rules it must pass is told by its issuer: neither kind passes for the other", async () => {
    const access = await rig.link(await rig.register(), await rig.addUser());
    const accessClaims = decodeJwt(access.access);
    const key = secret ?? "x".repeat(32);
    const { iss: _iss, ...nameless } = claims;
    await all([
      forged({ ...accessClaims, sid: sessionId }, key),
      forged({ ...accessClaims, sid: sessionId }, key, { typ: "at+jwt" }),
      forged({ ...claims, iss: rig.baseUrl }, key),
      forged({ ...claims, iss: "https://other.example/mcp" }, key),
      forged(nameless, key),
    ]);
  });

  await test("a token by the right secret still needs type, audience, end, session and person", async () => {
    if (secret === undefined) return;
    const { sid: _sid, ...firstStack } = claims;
    const { exp: _exp, ...endless } = claims;
    await all([
      forged(claims, secret, { typ: "JWT" }),
      forged({ ...claims, aud: rig.baseUrl }, secret),
      forged({ ...claims, aud: "https://other.example/mcp" }, secret),
      forged(endless, secret),
      forged({ ...claims, exp: 1 }, secret),
      forged({ ...claims, nbf: (claims.exp ?? 0) + 3600 }, secret),
      forged(firstStack, secret),
      forged({ ...claims, sid: randomUUID() }, secret),
      forged({ ...claims, sid: "not-a-session" }, secret),
      forged({ ...claims, sub: await rig.addUser() }, secret),
      forged({ ...claims, sub: "guest" }, secret),
    ]);
    assert.equal((await rig.call(await forged(claims, secret))).status, 200, "unchanged, it is one");
  });

  await test("what it may do stands in its session, not in the token", async () => {
    if (secret === undefined) return;
    const wider = await forged({ ...claims, scope: "read write profile wallet:read", channel: "chatgpt" }, secret);
    const members = await membersOf(await rig.call(wider));
    assert.deepEqual(members["scopes"], ["read", "mcp:invoke", "write"]);
    assert.equal(members["channel"], "voice");
  });
}

eachEngine("bellhop token", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const userId = await rig.addUser();
  const commands = serviceTokenCommands({
    serviceTokens: async () => rig.oauth.serviceTokens,
    userByEmail: async (email) => (email === "ana@example.com" ? userId : null),
    mcpUrl: `${rig.baseUrl}/mcp`,
  });
  const opened = z.strictObject({
    token: z.string(),
    sessionId: z.uuid(),
    expiresAt: z.iso.datetime(),
    mcpUrl: z.literal(`${rig.baseUrl}/mcp`),
  });
  const run = (name: string, input: object) => runOperatorCommand(commands, name, input);

  await t.test("opens, renews and ends a session on the channel of the command line", async () => {
    const first = opened.parse(await run("token.open", { email: " Ana@Example.com " }));
    const members = await membersOf(await rig.call(first.token));
    assert.deepEqual(
      { userId: members["userId"], channel: members["channel"], client: members["clientName"] },
      { userId, channel: "stdio", client: "Command line" },
    );
    assert.deepEqual(members["scopes"], ["read", "write", "profile", "mcp:invoke", "wallet:read"]);
    const next = opened.parse(await run("token.renew", { sessionId: first.sessionId }));
    assert.deepEqual(await run("token.end", { sessionId: first.sessionId }), { ended: true });
    for (const { token } of [first, next]) await refused(await rig.call(token), 401, "invalid_token");
    assert.deepEqual(await run("token.end", { sessionId: first.sessionId }), { ended: false });
  });

  await t.test("for nobody who has not proven the address", async () => {
    await assert.rejects(run("token.open", { email: "nobody@example.com" }), { code: "not_found" });
    await assert.rejects(run("token.renew", { sessionId: "garbage" }), { code: "not_found" });
    assert.deepEqual(await run("token.end", { sessionId: "garbage" }), { ended: false });
    await assert.rejects(run("token.open", {}), { code: "invalid_input" });
  });
});
