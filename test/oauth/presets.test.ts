import assert from "node:assert/strict";
import { runOperatorCommand } from "../../src/kernel/operator-command.ts";
import { clientCommands } from "../../src/oauth/client-commands.ts";
import { eachEngine } from "../database.ts";
import { operatorClient } from "./operator-client.ts";
import { migrations, refused, startOAuth, tokensOf, VERIFIER } from "./rig.ts";

const CLAUDE = "cid_59e99d1247b444bca4631382ecff3e36";

eachEngine("clients whose ids the settings name", migrations, async (t, database) => {
  const presets = [
    { id: "chatgpt-id", host: "chatgpt" },
    { id: CLAUDE, host: "claude" },
    { id: "dexter-mcp", host: "any" },
  ] as const;
  const rig = await startOAuth(t, database, { presets });
  const userId = await rig.addUser();

  await t.test("link at the addresses of their hosts, and at no other", async () => {
    for (const [id, redirect_uri, channel] of [
      ["chatgpt-id", "https://chatgpt.com/connector_platform_oauth_redirect", "chatgpt"],
      [CLAUDE, "https://claude.ai/api/mcp/auth_callback", "claude"],
      [CLAUDE, "https://claude.com/api/mcp/auth_callback", "claude"],
      ["dexter-mcp", "https://claude.ai/api/mcp/auth_callback", "claude"],
      ["dexter-mcp", "https://chatgpt.com/connector_platform_oauth_redirect", "chatgpt"],
    ] as const) {
      const { access } = await rig.link(id, userId, { redirect_uri });
      const caller: unknown = await (await rig.call(access)).json();
      assert.ok(JSON.stringify(caller).includes(`"channel":"${channel}"`), `${id} at ${redirect_uri}`);
    }
    const elsewhere = rig.decision(CLAUDE, userId, { redirect_uri: "https://evil.example/cb" });
    await refused(await rig.postJson("/authorize/complete", elsewhere), 400, "invalid_request");
  });

  await t.test("need PKCE, and have no secret", async () => {
    const redirect_uri = "https://claude.ai/api/mcp/auth_callback";
    const bare = rig.decision(CLAUDE, userId, { redirect_uri, code_challenge: "", code_challenge_method: "" });
    await refused(await rig.postJson("/authorize/complete", bare), 400, "invalid_request");
    const { code } = await rig.approve(CLAUDE, userId, { redirect_uri });
    await refused(await rig.exchange(CLAUDE, code, { client_secret: "guess" }), 401, "invalid_client");
    await tokensOf(rig.exchange(CLAUDE, code));
  });

  await t.test("keep their links, and what an operator did, over a restart", async () => {
    const added = "https://chatgpt.com/connector/oauth/IbUR3zxyNQ16";
    const commands = clientCommands({ database, clock: rig.clock.now, baseUrl: rig.baseUrl });
    await runOperatorCommand(commands, "client.add-redirect", { id: "chatgpt-id", uri: added });
    const { access, refresh } = await rig.link("chatgpt-id", userId, { redirect_uri: added });
    await database.query("update oauth_clients set disabled_at = now() where id = $1", [CLAUDE]);
    const restarted = await startOAuth(t, database, { presets, baseUrl: rig.baseUrl });
    assert.equal((await restarted.call(access)).status, 200);
    await tokensOf(restarted.refresh("chatgpt-id", refresh));
    await refused(await restarted.exchange(CLAUDE, "code"), 401, "invalid_client");
  });

  await t.test("are unknown once the settings name them no more, and known again when they do", async () => {
    const redirect_uri = "https://chatgpt.com/connector_platform_oauth_redirect";
    const { refresh } = await rig.link("chatgpt-id", userId, { redirect_uri });
    const without = await startOAuth(t, database, { presets: [], baseUrl: rig.baseUrl });
    await refused(await without.refresh("chatgpt-id", refresh), 401, "invalid_client");
    const again = await startOAuth(t, database, { presets, baseUrl: rig.baseUrl });
    await tokensOf(again.refresh("chatgpt-id", refresh));
  });

  await t.test(
    "a client that an operator made stays as it was made, secret and all, though a setting names it",
    async () => {
      const gpt = await operatorClient(rig, { pkceOptional: true, channel: "actions", internal: true });
      const named = [...presets, { id: gpt.id, host: "chatgpt" }] as const;
      const restarted = await startOAuth(t, database, { presets: named, baseUrl: rig.baseUrl });
      const { code } = await restarted.approve(gpt.id, userId);
      await refused(await restarted.exchange(gpt.id, code), 401, "invalid_client");
      const form = { grant_type: "authorization_code", code, code_verifier: VERIFIER };
      await tokensOf(restarted.postForm("/token", form, gpt.basic));
    },
  );

  await t.test("are swept by no broom", async () => {
    rig.clock.advance(400 * 24 * 3600);
    await rig.oauth.sweep();
    const { rows } = await database.query("select id from oauth_clients where kind = 'preset'", []);
    assert.equal(rows.length, 3);
  });
  assert.deepEqual(rig.unforeseen, []);
});
