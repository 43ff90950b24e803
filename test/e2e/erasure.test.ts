import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { startBellhop, until } from "../bellhop.ts";
import { callTool, linkWithPrivy, privyApp } from "../clients/raw-link.ts";
import { freshPostgres } from "../database.ts";
import { openPostgres } from "../../src/database/postgres.ts";

const session = z.object({ user: z.object({ id: z.string(), label: z.string() }) });

test("an account that is deleted while its assistants are at work is gone, with all that they still did", async (t) => {
  const app = await privyApp();
  const url = await freshPostgres(t);
  const bellhop = await startBellhop(t, {
    environment: { DATABASE_URL: url, PRIVY_APP_ID: app.appId, PRIVY_VERIFICATION_KEY: app.verificationKey },
  });
  const tokens = await linkWithPrivy(bellhop.url, app);
  const signedIn = await fetch(`${bellhop.url}/api/sign-in/privy`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: bellhop.url },
    body: JSON.stringify({ token: await app.token() }),
  });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  const { user } = session.parse(await (await fetch(`${bellhop.url}/api/session`, { headers: { cookie } })).json());

  const call = async (name: string, input: unknown): Promise<number> => {
    const response = await callTool(bellhop.mcpUrl, tokens.access_token, name, input);
    await response.text();
    return response.status;
  };
  /** Reads and changes of one assistant, one after the other, until it is refused. */
  const assistant = async (index: number): Promise<number> => {
    for (let turn = 0; turn < 200; turn++) {
      const statuses = [
        await call("extract_intent", { fullInputText: `I'm looking for a luthier in town ${index}-${turn}.` }),
        await call("perform-item-action", { itemId: "order-chairs", action: turn % 2 ? "approve" : "reject" }),
        await call("get-items", {}),
      ];
      if (statuses.includes(401)) return turn;
      assert.deepEqual(new Set(statuses), new Set([200]));
    }
    return 200;
  };
  const assistants = Promise.all([0, 1, 2, 3].map(assistant));
  await call("echo", { text: "busy" });
  const deleted = await fetch(`${bellhop.url}/api/account`, {
    method: "DELETE",
    headers: { "content-type": "application/json", origin: bellhop.url, cookie },
    body: JSON.stringify({ confirm: user.label }),
  });
  assert.equal(deleted.status, 204, bellhop.terminal());
  await assistants;

  // The sweep of every start takes what ended after the erasure.
  await bellhop.kill();
  await bellhop.restart();
  const database = await openPostgres({ url, report: () => undefined });
  try {
    /** Every row of every table that names the person, whichever column does. */
    const kept = async (): Promise<readonly string[]> => {
      const { rows } = await database.query(
        `select table_name as table, column_name as column from information_schema.columns
         where table_schema = 'public' and udt_name in ('uuid', 'text', 'jsonb')`,
        [],
      );
      const columns = z.array(z.object({ table: z.string(), column: z.string() })).parse(rows);
      assert.ok(columns.length > 20);
      const named = columns.map(async ({ table, column }) => {
        const found = await database.query(`select from "${table}" where strpos("${column}"::text, $1) > 0`, [user.id]);
        return found.rowCount > 0 ? [`${table}.${column}`] : [];
      });
      return (await Promise.all(named)).flat();
    };
    await until("the sweep", async () => ((await kept()).includes("receipts.user_id") ? undefined : true));
    assert.deepEqual(await kept(), ["receipt_erasures.user_id"], "two minutes later this is forgotten, too");
    const { rows } = await database.query("select user_id, tool, outcome from receipts", []);
    const nobody = "00000000-0000-0000-0000-000000000000";
    assert.deepEqual(rows, [{ user_id: nobody, tool: "delete_account", outcome: "ok" }]);
  } finally {
    await database.close();
  }
});
