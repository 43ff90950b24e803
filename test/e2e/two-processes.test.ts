import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { freePort, startBellhop, temporaryDirectory } from "../bellhop.ts";
import { callTool, linkWithPrivy, privyApp, token } from "../clients/raw-link.ts";
import { freshPostgres } from "../database.ts";

const SECRET = "one secret for both processes, long enough";
const CLI = join(import.meta.dirname, "..", "..", "src", "cli", "bellhop.ts");

test("two processes on one PostgreSQL are one server", async (t) => {
  const app = await privyApp();
  const database = await freshPostgres(t);
  const shared = {
    DATABASE_URL: database,
    BELLHOP_SECRET: SECRET,
    SERVER_BASE_URL: `http://localhost:${await freePort()}`,
    PRIVY_APP_ID: app.appId,
    PRIVY_VERIFICATION_KEY: app.verificationKey,
  };
  // Both start at once on the empty database: one migrates and makes the signing key, the other finds them.
  const [first, second] = await Promise.all([
    startBellhop(t, { environment: shared }),
    startBellhop(t, { environment: shared }),
  ]);

  await t.test("a link made at one is good at the other, and refreshes there", async () => {
    const tokens = await linkWithPrivy(first.url, app);
    assert.equal((await callTool(second.mcpUrl, tokens.access_token, "echo", { text: "hi" })).status, 200);
    const refreshed = await token(second.url, {
      grant_type: "refresh_token",
      refresh_token: tokens.refresh_token,
      client_id: tokens.clientId,
    });
    assert.equal(refreshed.status, 200);
  });

  await t.test("revoked at one, the next call at the other is refused", async () => {
    const tokens = await linkWithPrivy(first.url, app);
    assert.equal((await callTool(second.mcpUrl, tokens.access_token, "echo", { text: "hi" })).status, 200);
    const revoked = await fetch(`${first.url}/revoke`, {
      method: "POST",
      body: new URLSearchParams({ token: tokens.refresh_token, client_id: tokens.clientId }),
    });
    assert.equal(revoked.status, 200);
    assert.equal((await callTool(second.mcpUrl, tokens.access_token, "echo", { text: "hi" })).status, 401);
  });

  await t.test("what one person does at both lands in one list", async () => {
    const tokens = await linkWithPrivy(first.url, app, "did:privy:both");
    const items = ["travel-lisbon", "invoice-2041", "access-analytics", "order-chairs"];
    const answers = await Promise.all(
      [first, second, first, second].map((server, index) =>
        callTool(server.mcpUrl, tokens.access_token, "perform-item-action", {
          itemId: items[index] ?? "",
          action: "approve",
        }),
      ),
    );
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [200, 200, 200, 200],
    );
    const receipts = await fetch(`${second.url}/receipts`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    assert.equal((await receipts.text()).split('"tool":"perform-item-action"').length - 1, 4);
    const list = await callTool(first.mcpUrl, tokens.access_token, "get-items", { filter: "approved" });
    for (const item of items) assert.match(await list.clone().text(), new RegExp(item));
  });

  await t.test("a process with another secret refuses to start and says so", async () => {
    const result = spawnSync(process.execPath, [CLI, "start"], {
      cwd: tmpdir(),
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"] ?? "",
        ...shared,
        BELLHOP_SECRET: "another secret that sealed nothing in this database",
        PORT: String(await freePort()),
        BELLHOP_DATA_DIR: temporaryDirectory(t),
      },
    });
    assert.equal(result.status, 1);
    assert.match(result.stderr, /different master secret/);
    assert.match(result.stderr, /BELLHOP_SECRET/);
    assert.doesNotMatch(result.stderr + result.stdout, /another secret that sealed|at file:/);
  });
});
