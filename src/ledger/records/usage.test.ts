import assert from "node:assert/strict";
import { eachEngine } from "../../../test/database.ts";
import { ALICE, receipt } from "../../../test/ledger/receipts.ts";
import { uuidv7 } from "../../kernel/ids.ts";
import type { Receipt } from "../../kernel/receipt.ts";
import { createLedger } from "../ledger.ts";
import { countCalls } from "./usage.ts";
import { ledgerTables } from "../../../test/ledger/tables.ts";

const MIDNIGHT = new Date("2026-11-20T00:00:00.000Z");
const BOB = "01900000-0000-7000-8000-00000000b0b0";

eachEngine("the calls of a person since a time", ledgerTables, async (t, database) => {
  const ledger = createLedger(database, () => new Date("2026-11-20T12:00:00Z"));
  const called = (tool: string, at: Date, of: Partial<Receipt> = {}) =>
    ledger.record(receipt({ id: uuidv7(at), tool, startedAt: at, userId: ALICE, ...of }));
  const at = (hours: number): Date => new Date(MIDNIGHT.getTime() + hours * 3_600_000);
  await Promise.all([
    called("echo", at(-0.001)),
    called("echo", at(0)),
    called("echo", at(3), { outcome: "refused", code: "rate_limited" }),
    called("get-items", at(4)),
    called("made up by a caller", at(5)),
    called("revoke_grant", at(6), { channel: "web" }),
    called("echo", at(7), { userId: BOB }),
  ]);

  await t.test(
    "are counted by tool, without those of the person's own browser, and without any name that is made up",
    async () => {
      const { total, byTool } = await countCalls(database.handle, ALICE, MIDNIGHT, [
        "echo",
        "get-items",
        "extract_intent",
      ]);
      assert.equal(total, 4);
      assert.deepEqual(Object.fromEntries(byTool), { echo: 2, "get-items": 1 });
    },
  );

  await t.test("are read by the index of the person's receipts, from that time on", async () => {
    if (database.engine === "postgres") await database.query("analyze receipts", []);
    const { rows } = await database.transaction(async (handle) => {
      const { sql } = await import("kysely");
      await sql`set local enable_seqscan = off`.execute(handle);
      return sql<Record<string, string>>`explain select tool, count(*) from receipts
        where user_id = ${ALICE} and id >= ${uuidv7(MIDNIGHT)}::uuid and channel <> 'web' group by 1`.execute(handle);
    });
    const plan = rows.map((row) => Object.values(row).join("")).join("\n");
    assert.match(plan, /receipts_of_user/);
    assert.match(plan, /Index Cond: \(\(user_id = .*\) AND \(id >= /);
  });
});
