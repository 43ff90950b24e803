import assert from "node:assert/strict";
import { sql } from "kysely";
import * as z from "zod";
import { eachEngine } from "../../../test/database.ts";
import { callTime, openDoor, usersTable } from "../../../test/toolsets/door.ts";
import { migrations } from "./migrations/index.ts";
import { demoToolset } from "./toolset.ts";

const resultShape = z.object({ result: z.object({ previousStatus: z.string(), status: z.string() }) });

eachEngine("perform-item-action", [usersTable, ...migrations], async (t, database) => {
  const door = openDoor(database, [demoToolset()]);
  const act = (person: string, action: string, itemId = "travel-lisbon") =>
    door.ask(person, "perform-item-action", { itemId, action });

  await t.test("answers with the old and the new status", async () => {
    const person = await door.person();
    assert.deepEqual(await act(person, "approve"), {
      text: "Trip to Lisbon was open and is now approved.",
      data: {
        success: true,
        itemId: "travel-lisbon",
        action: "approve",
        result: { previousStatus: "open", status: "approved" },
      },
      meta: { timestamp: callTime.toISOString() },
    });
    assert.equal((await act(person, "approve")).text, "Trip to Lisbon was approved already.");
    assert.equal((await act(person, "archive")).text, "Trip to Lisbon was approved and is now archived.");
    assert.equal((await act(person, "restore")).text, "Trip to Lisbon was archived and is now open.");
  });

  await t.test("names the allowed actions when asked for another one", async () => {
    const person = await door.person();
    const sentence = await door.refused("invalid_input", person, "perform-item-action", {
      itemId: "travel-lisbon",
      action: "burn",
    });
    assert.equal(sentence, "action: must be one of approve, reject, archive, restore");
    for (const action of ["constructor", "__proto__", "Approve", ""]) {
      await door.refused("invalid_input", person, "perform-item-action", { itemId: "travel-lisbon", action });
    }
  });

  await t.test("knows only the items on the list", async () => {
    const person = await door.person();
    await door.refused("not_found", person, "perform-item-action", { itemId: "travel-paris", action: "approve" });
    await door.refused("not_found", person, "perform-item-action", {
      itemId: "'; drop table demo_items; --",
      action: "approve",
    });
    await door.refused(
      "insufficient_scope",
      person,
      "perform-item-action",
      { itemId: "travel-lisbon", action: "approve" },
      { scopes: ["read"] },
    );
  });

  await t.test("of many decisions at once, each sees the one that it replaces", async () => {
    const person = await door.person();
    const actions = Array.from({ length: 12 }, (_, index) => (index % 2 ? "approve" : "reject"));
    const answers = await Promise.all(actions.map((action) => act(person, action)));
    const steps = answers.map((answer) => resultShape.parse(answer.data).result);
    const balance = (status: string) =>
      steps.filter((step) => step.status === status).length -
      steps.filter((step) => step.previousStatus === status).length;
    // In a chain that begins at open, every status is left as often as it is reached, but for its two ends.
    assert.equal(balance("open"), -1);
    const { rows } = await sql<{ status: string }>`select status from demo_items where user_id = ${person}`.execute(
      database.handle,
    );
    assert.equal(rows.length, 1);
    assert.equal(balance(rows[0]?.status ?? ""), 1);
  });

  await t.test("leaves nothing behind when the person goes", async () => {
    const person = await door.person();
    await act(person, "reject");
    await sql`delete from users where id = ${person}`.execute(database.handle);
    const { rows } = await sql`select 1 from demo_items where user_id = ${person}`.execute(database.handle);
    assert.equal(rows.length, 0);
  });
});
