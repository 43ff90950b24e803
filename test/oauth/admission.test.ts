import assert from "node:assert/strict";
import { decodeJwt } from "jose";
import { sql } from "kysely";
import * as z from "zod";
import type { Database } from "../../src/database/handle.ts";
import { eachEngine } from "../database.ts";
import { operatorClient } from "./operator-client.ts";
import { membersOf, migrations, refused, startOAuth, type Rig, tokensOf, VERIFIER } from "./rig.ts";

/** What the next call and the next refresh of a link are told. */
async function told(rig: Rig, clientId: string, link: { access: string; refresh: string }) {
  const call = await rig.call(link.access);
  const refresh = await rig.refresh(clientId, link.refresh);
  const code = async (response: Response) =>
    response.ok ? "ok" : String((await membersOf(response))["error_description"]);
  return [call.status, await code(call), refresh.status, await code(refresh)];
}

/** Statements that a database is asked while `work` runs. */
async function statements(database: Database, work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const executor = database.handle.getExecutor();
  const execute = executor.executeQuery.bind(executor);
  const { ask } = database;
  executor.executeQuery = (...args) => {
    count += 1;
    return execute(...args);
  };
  const counted: Database["ask"] = (...args) => {
    count += 1;
    return ask(...args);
  };
  Object.assign(database, { ask: counted });
  try {
    await work();
  } finally {
    executor.executeQuery = execute;
    Object.assign(database, { ask });
  }
  return count;
}

eachEngine("what an administrator stops is stopped at the next call", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const { administration: admin } = rig.oauth;
  const { handle } = database;
  const clientId = await rig.register({ client_name: "Claude" });
  const [ana, ben] = [await rig.addUser(), await rig.addUser()];
  const linkOf = (userId: string) => rig.link(clientId, userId);
  const now = () => rig.clock.now();

  await t.test("a client, for everyone: calls, refreshes and new links; and it comes back", async () => {
    const [one, other] = [await linkOf(ana), await linkOf(ben)];
    assert.equal(await admin.cutOffClient(handle, clientId, now()), true);
    for (const link of [one, other]) {
      assert.equal((await rig.call(link.access)).status, 403);
      assert.equal((await rig.refresh(clientId, link.refresh)).status >= 400, true);
    }
    assert.equal((await rig.postJson("/authorize/complete", rig.decision(clientId, ana))).ok, false);
    assert.equal(await admin.restoreClient(handle, clientId), true);
    assert.deepEqual(await told(rig, clientId, one), [200, "ok", 200, "ok"]);
    assert.equal(await admin.cutOffClient(handle, "no-such-client", now()), false);
  });

  await t.test("an account, and nobody else", async () => {
    const [one, other] = [await linkOf(ana), await linkOf(ben)];
    const waiting = await rig.approve(clientId, ana);
    await admin.cutOffUser(handle, ana, now());
    const [status, sentence, , again] = await told(rig, clientId, one);
    assert.equal(status, 403);
    assert.match(String(sentence), /switched your account's links off/);
    assert.equal(sentence, again);
    assert.deepEqual(await told(rig, clientId, other), [200, "ok", 200, "ok"]);
    await refused(await rig.exchange(clientId, waiting.code), 400, "invalid_grant");
    const declined = await rig.postJson("/authorize/complete", rig.decision(clientId, ana));
    assert.equal(declined.status, 403);
    await admin.restoreUser(handle, ana);
    assert.deepEqual(await told(rig, clientId, one), [200, "ok", 200, "ok"]);
  });

  await t.test("a channel, for everyone or for one account; off for everyone wins", async () => {
    const [one, other] = [await linkOf(ana), await linkOf(ben)];
    await admin.setUserChannel(handle, ana, "mcp", false, now());
    assert.equal((await told(rig, clientId, one))[0], 403);
    assert.equal((await rig.call(other.access)).status, 200);
    await admin.switchChannel(handle, "mcp", false, now());
    await admin.setUserChannel(handle, ana, "mcp", true, now());
    for (const link of [one, other]) {
      const [status, sentence] = await told(rig, clientId, link);
      assert.deepEqual([status, sentence], [403, "MCP clients: switched off for everyone on this server."]);
    }
    await admin.switchChannel(handle, "mcp", true, now());
    await admin.setUserChannel(handle, ana, "mcp", null, now());
    assert.deepEqual(await told(rig, clientId, one), [200, "ok", 200, "ok"]);
    const { channels } = { channels: await admin.channels(handle) };
    assert.ok(channels.every(({ enabled, offered }) => enabled && offered));
    assert.ok(
      channels.every(({ channel }) => channel !== "web"),
      "the person's own browser is never switched",
    );
  });

  await t.test("one link, and a client with all of its links", async () => {
    const [one, other] = [await linkOf(ana), await linkOf(ben)];
    const links = await admin.links(handle, { limit: 100, userId: ana }, now());
    assert.ok(links.every(({ userId }) => userId === ana));
    const id = String(decodeJwt(one.access)["gid"]);
    assert.ok(links.some((link) => link.id === id));
    assert.equal(await admin.revokeLink(handle, id, now()), true);
    assert.equal(await admin.revokeLink(handle, id, now()), false);
    assert.equal(await admin.revokeLink(handle, "no-id", now()), false);
    assert.equal((await rig.call(one.access)).status, 401);
    assert.equal((await rig.call(other.access)).status, 200);
    const live = await admin.links(handle, { limit: 100, clientId }, now());
    assert.equal(await admin.deleteClient(handle, clientId, now()), live.length);
    assert.equal(await admin.deleteClient(handle, clientId, now()), null);
    assert.equal((await rig.call(other.access)).status, 401);
    await refused(await rig.refresh(clientId, other.refresh), 401, "invalid_client");
  });

  await t.test("and all of it costs no statement more", async () => {
    const id = await rig.register();
    const { access } = await rig.link(id, ana);
    await rig.call(access);
    await rig.oauth.attempts.settled();
    assert.equal(await statements(database, () => rig.call(access)), 1);
    await admin.cutOffUser(handle, ana, now());
    assert.equal(await statements(database, () => rig.call(access)), 1);
    await admin.restoreUser(handle, ana);
  });

  assert.deepEqual(rig.unforeseen, []);
});

eachEngine("channels that the installation does not offer", migrations, async (t, database) => {
  const rig = await startOAuth(t, database, { channels: ["chatgpt"] });
  const { administration: admin } = rig.oauth;
  const clientId = await rig.register();
  const ana = await rig.addUser();

  await t.test("are refused on linking, in words that a person understands", async () => {
    const answer = await rig.postJson("/authorize/complete", rig.decision(clientId, ana));
    assert.equal(answer.status, 403);
    const { error, error_description: sentence, next } = await membersOf(answer);
    assert.deepEqual([error, sentence], ["access_denied", "MCP clients: not switched on for your account."]);
    assert.match(String(next), /switch the channel on/);
  });

  await t.test(
    "are open to accounts for which they were switched on, and closed to them again at the next call",
    async () => {
      await admin.setUserChannel(database.handle, ana, "mcp", true, rig.clock.now());
      const link = await rig.link(clientId, ana);
      assert.equal((await rig.call(link.access)).status, 200);
      await admin.setUserChannel(database.handle, ana, "mcp", null, rig.clock.now());
      assert.equal((await rig.call(link.access)).status, 403);
    },
  );

  await t.test("end a link between consent and token, too", async () => {
    await admin.setUserChannel(database.handle, ana, "mcp", true, rig.clock.now());
    const { code } = await rig.approve(clientId, ana);
    await admin.setUserChannel(database.handle, ana, "mcp", false, rig.clock.now());
    await refused(await rig.exchange(clientId, code), 403, "access_denied");
    await admin.setUserChannel(database.handle, ana, "mcp", true, rig.clock.now());
    await tokensOf(rig.exchange(clientId, code));
  });

  await t.test("are named in the list, with what is offered", async () => {
    const channels = await admin.channels(database.handle);
    assert.deepEqual(
      channels.filter(({ offered }) => offered).map(({ channel }) => channel),
      ["chatgpt"],
    );
  });
});

eachEngine("a link that its person narrows", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const clientId = await rig.register();
  const [ana, ben] = [await rig.addUser(), await rig.addUser()];
  const { access, refresh } = await rig.link(clientId, ana, { scope: "mcp:invoke profile offline_access" });
  const [grant] = await rig.oauth.grants.list(ana);
  const id = grant?.id ?? "";
  const narrow = (userId: string, kept: readonly string[]) =>
    database.transaction((handle) => rig.oauth.grants.narrow(handle, userId, id, kept, rig.clock.now()));
  const scopesOf = async (token: string) =>
    new Set(z.array(z.string()).parse((await membersOf(await rig.call(token)))["scopes"]));

  await t.test("shows what can be taken back, one by one", () => {
    assert.deepEqual(
      grant?.permissions.map(({ name }) => name),
      ["read", "write", "profile"],
    );
  });

  await t.test("can do less at its very next call, with the token that it has", async () => {
    assert.ok((await scopesOf(access)).has("write"));
    assert.deepEqual(await narrow(ana, ["read", "profile"]), ["profile", "offline_access", "read"]);
    assert.deepEqual(await scopesOf(access), new Set(["read", "profile", "offline_access"]));
  });

  await t.test("stays linked: a refresh that asks for what was granted once gets what is left", async () => {
    const next = await tokensOf(rig.refresh(clientId, refresh, { scope: "mcp:invoke profile" }));
    assert.equal(next.scope, "profile");
    const plain = await tokensOf(rig.refresh(clientId, next.refresh));
    assert.equal(plain.scope, "profile offline_access read");
    assert.deepEqual(await scopesOf(plain.access), new Set(["profile", "offline_access", "read"]));
    await refused(await rig.refresh(clientId, plain.refresh, { scope: "wallet:read" }), 400, "invalid_scope");
  });

  await t.test("is never widened, not emptied, and is nobody else's to narrow", async () => {
    await assert.rejects(narrow(ana, ["read", "write"]), { code: "invalid_input" });
    await assert.rejects(narrow(ana, []), { code: "invalid_input" });
    assert.equal(await narrow(ben, ["read"]), null);
    const { rows } = await sql<{ scope: string }>`select scope from oauth_grants where id = ${id}`.execute(
      database.handle,
    );
    assert.equal(rows[0]?.scope, "profile offline_access read");
  });

  await t.test("of two changes at once, the second sees the first", async () => {
    const results = await Promise.allSettled([narrow(ana, ["read"]), narrow(ana, ["profile"])]);
    assert.ok(results.filter(({ status }) => status === "fulfilled").length >= 1);
    const left = (await rig.oauth.grants.list(ana))[0]?.permissions.map(({ name }) => name);
    assert.ok(left?.length === 1, String(left));
  });
});

eachEngine("a channel that is only claimed opens nothing", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const { administration: admin } = rig.oauth;
  const [clientId, userId] = [await rig.register(), await rig.addUser()];
  const form = (code: string) => ({ grant_type: "authorization_code", code, code_verifier: VERIFIER });
  const begin = () => rig.postJson("/oauth/chatgpt/authorize", rig.decision(clientId, userId));
  const codeOf = async (response: Response) => String((await membersOf(response))["code"]);
  const end = (code: string) => rig.postForm("/oauth/claude/token", { ...form(code), client_id: clientId });
  const close = (enabled: boolean) => admin.switchChannel(database.handle, "mcp", enabled, rig.clock.now());

  await t.test("who comes to ChatGPT's address without being there is stopped with the other clients", async () => {
    const link = await tokensOf(end(await codeOf(await begin())));
    const gpt = await operatorClient(rig, { channel: "actions" });
    const decided = await rig.postJson("/oauth/chatgpt/authorize", rig.decision(gpt.id, userId));
    const actions = await tokensOf(rig.postForm("/oauth/chatgpt/token", form(await codeOf(decided)), gpt.basic));
    const waiting = [await codeOf(await begin()), (await rig.approve(clientId, userId)).code];
    const service = await operatorClient(rig, { internal: true });
    const asks = async (token: string) => membersOf(await rig.postForm("/introspect", { token }, service.basic));
    assert.equal((await asks(link.access))["active"], true);
    await close(false);
    const [call, sentence, refresh] = await told(rig, clientId, link);
    assert.deepEqual([call, refresh], [403, 403]);
    assert.match(String(sentence), /MCP clients: switched off for everyone/);
    assert.equal((await begin()).status, 403);
    for (const code of waiting) assert.equal((await end(code)).status, 403);
    assert.deepEqual(await asks(link.access), { active: false });
    assert.equal((await rig.call(actions.access)).status, 200, "the operator's word is no claim");
    await close(true);
    assert.deepEqual(await told(rig, clientId, link), [200, "ok", 200, "ok"]);
  });

  await t.test("and what it claims must be open, too", async () => {
    const link = await tokensOf(end(await codeOf(await begin())));
    await admin.setUserChannel(database.handle, userId, "chatgpt", false, rig.clock.now());
    assert.match(String((await told(rig, clientId, link))[1]), /ChatGPT: not switched on for your account/);
  });

  assert.deepEqual(rig.unforeseen, []);
});
