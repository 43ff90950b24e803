import assert from "node:assert/strict";
import { sql } from "kysely";
import * as z from "zod";
import { runOperatorCommand } from "../../src/kernel/operator-command.ts";
import { clientCommands } from "../../src/oauth/client-commands.ts";
import { issueSecret } from "../../src/oauth/client-secret.ts";
import { eachEngine } from "../database.ts";
import { CALLBACK, migrations, refused, type Rig, startOAuth, tokensOf, VERIFIER } from "./rig.ts";

/** The operator's terminal beside a rig. */
function terminal(rig: Rig) {
  const commands = clientCommands({ database: rig.database, clock: rig.clock.now, baseUrl: rig.baseUrl });
  const run = (name: string, input: unknown) => runOperatorCommand(commands, name, input);
  const created = z.object({ client: z.object({ id: z.string() }), secret: z.string() });
  return {
    run,
    async create(input: Record<string, unknown> = {}) {
      const answer = await run("client.create", { name: "Back office", redirects: [CALLBACK], ...input });
      const { client, secret } = created.parse(answer);
      return { id: client.id, secret };
    },
    rotate: async (id: string, overlapSeconds: number) =>
      z.object({ secret: z.string() }).parse(await run("client.rotate-secret", { id, overlapSeconds })).secret,
  };
}

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
});

/** `application/x-www-form-urlencoded`, as RFC 6749 §2.3.1 asks of both halves. */
const formEncoded = (text: string): string => new URLSearchParams({ "": text }).toString().slice(1);

eachEngine("a client with a secret", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const operator = terminal(rig);
  const [client, other, userId] = [await operator.create(), await operator.create(), await rig.addUser()];
  const code = async () => (await rig.approve(client.id, userId)).code;
  const redeem = (given: string, form: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    rig.postForm(
      "/token",
      { grant_type: "authorization_code", code: given, code_verifier: VERIFIER, ...form },
      headers,
    );

  await t.test("proves itself in the header or in the form, wherever its library puts the secret", async () => {
    await tokensOf(redeem(await code(), {}, basic(client.id, client.secret)));
    await tokensOf(redeem(await code(), { client_id: client.id }, basic(client.id, client.secret)));
    await tokensOf(redeem(await code(), { client_id: client.id, client_secret: client.secret }));
  });

  await t.test("is refused without its secret, with another one, and spends no code by that", async () => {
    const waiting = await code();
    for (const form of [
      { client_id: client.id },
      { client_id: client.id, client_secret: other.secret },
      { client_id: client.id, client_secret: `${client.secret}x` },
      { client_id: client.id, client_secret: client.secret.slice(0, -1) },
      { client_secret: client.secret },
    ])
      await refused(await redeem(waiting, form), 401, "invalid_client");
    for (const header of [basic(client.id, "wrong"), basic(other.id, client.secret), basic(client.id, "")]) {
      const answer = await redeem(waiting, {}, header);
      assert.equal(answer.headers.get("www-authenticate"), `Basic realm="${rig.baseUrl}"`);
      await refused(answer, 401, "invalid_client");
    }
    for (const header of ["Basic", "Basic !!!", "Basic Og==", `Basic ${Buffer.from("no-colon").toString("base64")}`])
      await refused(await redeem(waiting, {}, { authorization: header }), 401, "invalid_client");
    await refused(await redeem(waiting, { client_id: other.id, client_secret: other.secret }), 400, "invalid_grant");
    await tokensOf(redeem(waiting, { client_id: client.id, client_secret: client.secret }));
  });

  await t.test("is told at a wrong secret what mends it, which is no new registration", async () => {
    const answer = await redeem(await code(), {}, basic(client.id, "wrong"));
    const { next } = z.object({ next: z.string() }).parse(await answer.json());
    assert.match(next, /npm start -- client rotate-secret/);
  });

  await t.test("uses one method at a time, and names one client", async () => {
    const waiting = await code();
    const both = { client_id: client.id, client_secret: client.secret };
    await refused(await redeem(waiting, both, basic(client.id, client.secret)), 400, "invalid_request");
    for (const [id, secret] of [
      ["\u0000", "x"],
      ["a\u0000", ""],
      ["\ud800", "x"],
      [client.id, "\u0000"],
      [`${client.id} `, client.secret],
    ] as const)
      await refused(await redeem(waiting, {}, basic(id, secret)), 401, "invalid_client");
    await refused(
      await redeem(waiting, { client_id: other.id }, basic(client.id, client.secret)),
      400,
      "invalid_request",
    );
    const assertion = { client_assertion: "x.y.z", client_assertion_type: "urn:x" };
    await refused(await redeem(waiting, { ...both, ...assertion }), 401, "invalid_client");
  });

  await t.test("may hold any character: both halves of the header are form-encoded (RFC 6749 §2.3.1)", async () => {
    const secret = "a b+c%d:é/=&";
    await issueSecret(database.handle, client.id, secret, rig.clock.now(), 3600);
    const encoded = basic(formEncoded(client.id), formEncoded(secret));
    await tokensOf(redeem(await code(), {}, encoded));
    await tokensOf(redeem(await code(), { client_id: client.id, client_secret: secret }));
  });

  await t.test("is refreshed and revoked only with its secret", async () => {
    const { access, refresh } = await tokensOf(redeem(await code(), {}, basic(client.id, client.secret)));
    await refused(await rig.refresh(client.id, refresh), 401, "invalid_client");
    await refused(await rig.postForm("/revoke", { token: access, client_id: client.id }), 401, "invalid_client");
    assert.equal((await rig.call(access)).status, 200);
    await tokensOf(rig.refresh(client.id, refresh, { client_secret: client.secret }));
    await rig.postForm("/revoke", { token: access }, basic(client.id, client.secret));
    assert.equal((await rig.call(access)).status, 401);
  });

  await t.test("a public client has no secret to show", async () => {
    const open = await rig.register();
    const { code: waiting } = await rig.approve(open, userId);
    await refused(await redeem(waiting, { client_id: open, client_secret: "guess" }), 401, "invalid_client");
    await refused(await redeem(waiting, {}, basic(open, "guess")), 401, "invalid_client");
    await tokensOf(redeem(waiting, {}, basic(open, "")));
  });

  assert.deepEqual(rig.unforeseen, []);
});

eachEngine("a secret is rotated while both sides go on", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const operator = terminal(rig);
  const [client, userId] = [await operator.create(), await rig.addUser()];
  const answers = async (secret: string) => {
    const { code } = await rig.approve(client.id, userId);
    return (await rig.exchange(client.id, code, { client_secret: secret })).status;
  };
  const second = await operator.rotate(client.id, 3600);
  assert.deepEqual([await answers(client.secret), await answers(second)], [200, 200]);
  rig.clock.advance(3601);
  assert.deepEqual([await answers(client.secret), await answers(second)], [401, 200]);
  const third = await operator.rotate(client.id, 0);
  assert.deepEqual([await answers(second), await answers(third)], [401, 200]);
  const fourth = await operator.rotate(client.id, 7200);
  const fifth = await operator.rotate(client.id, 60);
  rig.clock.advance(61);
  assert.deepEqual([await answers(third), await answers(fourth), await answers(fifth)], [401, 401, 200]);

  await t.test("and none of them lies in the database", async () => {
    const { rows } = await sql<{ text: string }>`
      select row_to_json(oauth_client_secrets)::text as text from oauth_client_secrets
      union all select row_to_json(oauth_clients)::text from oauth_clients`.execute(database.handle);
    const dump = rows.map(({ text }) => text).join("\n");
    for (const secret of [client.secret, second, third, fourth, fifth]) {
      assert.ok(!dump.includes(secret));
      assert.ok(!dump.includes(Buffer.from(secret).toString("hex")));
    }
  });
  assert.deepEqual(rig.unforeseen, []);
});

eachEngine("a client that is switched off or deleted is cut off at once", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const operator = terminal(rig);
  const [client, userId] = [await operator.create(), await rig.addUser()];
  const link = async () => {
    const { code } = await rig.approve(client.id, userId);
    return tokensOf(rig.exchange(client.id, code, { client_secret: client.secret }));
  };
  const { access, refresh } = await link();
  const waiting = (await rig.approve(client.id, userId)).code;
  const set = (at: Date | null) =>
    sql`update oauth_clients set disabled_at = ${at} where id = ${client.id}`.execute(database.handle);

  await set(rig.clock.now());
  assert.equal((await rig.call(access)).status, 403);
  await refused(await rig.refresh(client.id, refresh, { client_secret: client.secret }), 401, "invalid_client");
  await refused(await rig.exchange(client.id, waiting, { client_secret: client.secret }), 401, "invalid_client");
  const page = await rig.get(`/authorize?response_type=code&client_id=${client.id}&redirect_uri=${CALLBACK}`);
  assert.equal(page.status, 400);
  assert.match(await page.text(), /switched off by the operator/);

  await set(null);
  assert.equal((await rig.call(access)).status, 200);
  await operator.run("client.delete", { id: client.id });
  assert.equal((await rig.call(access)).status, 401);
  await refused(await rig.refresh(client.id, refresh, { client_secret: client.secret }), 401, "invalid_client");
  const left = await sql`select 1 from oauth_grants union all select 1 from oauth_codes
    union all select 1 from oauth_client_secrets`.execute(database.handle);
  assert.equal(left.rows.length, 0);
  await assert.rejects(operator.run("client.delete", { id: client.id }), { code: "not_found" });
  assert.deepEqual(rig.unforeseen, []);
});

eachEngine("the operator's commands for clients", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const { run, create } = terminal(rig);
  const shown = async (id: string) =>
    z.object({ client: z.looseObject({ redirectUris: z.array(z.string()) }) }).parse(await run("client.show", { id }))
      .client;

  await t.test("chatgpt: what a GPT's OAuth form needs; it may go without PKCE; its callback comes later", async () => {
    const answer = z
      .looseObject({ client: z.looseObject({ id: z.string() }) })
      .parse(await run("client.create", { name: "chatgpt" }));
    assert.equal(answer["authorizationUrl"], `${rig.baseUrl}/oauth/chatgpt/authorize`);
    assert.equal(answer["tokenUrl"], `${rig.baseUrl}/oauth/chatgpt/token`);
    assert.equal(answer["scope"], "mcp:invoke wallet:read profile");
    const { id } = answer.client;
    const { name, pkceOptional, channel, redirectUris } = await shown(id);
    assert.deepEqual([name, pkceOptional, channel, redirectUris], ["ChatGPT", true, "actions", []]);
    for (const host of ["chat.openai.com", "chatgpt.com"])
      await run("client.add-redirect", { id, uri: `https://${host}/aip/g-1/oauth/callback` });
    await run("client.add-redirect", { id, uri: "https://chatgpt.com/aip/g-1/oauth/callback" });
    assert.equal((await shown(id)).redirectUris.length, 2, "an address is kept once");
    await run("client.remove-redirect", { id, uri: "https://chat.openai.com/aip/g-1/oauth/callback" });
    assert.deepEqual((await shown(id)).redirectUris, ["https://chatgpt.com/aip/g-1/oauth/callback"]);
  });

  await t.test("claude: its callbacks are known, and PKCE stays required", async () => {
    const { id } = await create({ name: "claude", redirects: [] });
    const { pkceOptional, channel, redirectUris } = await shown(id);
    assert.deepEqual([pkceOptional, channel], [false, "claude"]);
    assert.deepEqual(redirectUris, [
      "https://claude.ai/api/mcp/auth_callback",
      "https://claude.com/api/mcp/auth_callback",
    ]);
  });

  await t.test(
    "an address that nobody may register is no operator's either, and others' clients stay theirs",
    async () => {
      const { id } = await create();
      await assert.rejects(create({ redirects: ["javascript:alert(1)"] }), { code: "invalid_redirect_uri" });
      await assert.rejects(run("client.add-redirect", { id, uri: "http://evil.example/" }), {
        code: "invalid_redirect_uri",
      });
      const dynamic = await rig.register();
      await assert.rejects(run("client.add-redirect", { id: dynamic, uri: CALLBACK }), { code: "conflict" });
      await assert.rejects(run("client.rotate-secret", { id: dynamic, overlapSeconds: 0 }), { code: "conflict" });
      for (const input of [{}, { name: "" }, { name: 7 }, { name: "x", redirects: "y" }, { name: "x", more: 1 }])
        await assert.rejects(run("client.create", input), { code: "invalid_input" });
      await assert.rejects(run("client.show", { id: "nobody" }), { code: "not_found" });
      await assert.rejects(run("client.nothing", {}), { code: "not_found" });
    },
  );

  await t.test("the list says whose they are and how many links each has", async () => {
    const client = await rig.register();
    await rig.link(client, await rig.addUser());
    const { clients } = z
      .object({ clients: z.array(z.looseObject({ id: z.string() })) })
      .parse(await run("client.list", {}));
    assert.deepEqual(
      clients.find(({ id }) => id === client),
      { id: client, kind: "dynamic", name: "Test client", links: 1, disabled: false },
    );
  });
  assert.deepEqual(rig.unforeseen, []);
});
