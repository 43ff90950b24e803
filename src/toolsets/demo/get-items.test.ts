import assert from "node:assert/strict";
import * as z from "zod";
import { eachEngine } from "../../../test/database.ts";
import { callTime, openDoor, usersTable } from "../../../test/toolsets/door.ts";
import { migrations } from "./migrations/index.ts";
import { demoToolset } from "./toolset.ts";

const answerShape = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      description: z.string(),
      actionable: z.boolean(),
      metadata: z.object({ status: z.string(), changedAt: z.string().nullable(), actions: z.array(z.string()) }),
    }),
  ),
});

eachEngine("get-items", [usersTable, ...migrations], async (t, database) => {
  const door = openDoor(database, [demoToolset()]);
  const list = async (person: string, filter?: string) => {
    const answer = await door.ask(person, "get-items", filter === undefined ? {} : { filter });
    return { text: answer.text, items: answerShape.parse(answer.data).items };
  };

  await t.test("gives everyone the same open items to start with", async () => {
    const { items, text } = await list(await door.person());
    assert.equal(items.length, 5);
    for (const item of items) {
      assert.equal(item.actionable, true);
      assert.deepEqual(item.metadata, { status: "open", changedAt: null, actions: ["approve", "reject", "archive"] });
      assert.ok(
        text.includes(item.title) && text.includes(item.id) && text.includes(item.description),
        "the text is complete",
      );
    }
  });

  await t.test("shows what the person decided, and nobody else's decisions", async () => {
    const [ana, ben] = [await door.person(), await door.person()];
    await door.ask(ana, "perform-item-action", { itemId: "invoice-2041", action: "approve" });
    const approved = (await list(ana)).items.find((item) => item.id === "invoice-2041");
    assert.equal(approved?.actionable, false);
    assert.deepEqual(approved.metadata, {
      status: "approved",
      changedAt: callTime.toISOString(),
      actions: ["reject", "archive", "restore"],
    });
    assert.ok((await list(ben)).items.every((item) => item.metadata.status === "open"));
    const restarted = openDoor(database, [demoToolset()]);
    assert.match((await restarted.ask(ana, "get-items", { filter: "approved" })).text, /^1 item .*\n- Invoice 2041 /);
  });

  await t.test("filters by title, description and status, in any case of letters", async () => {
    const person = await door.person();
    await door.ask(person, "perform-item-action", { itemId: "order-chairs", action: "archive" });
    const found = async (filter: string) => (await list(person, filter)).items.map((item) => item.id);
    assert.deepEqual(await found("LISBON"), ["travel-lisbon"]);
    assert.deepEqual(await found("portuguese"), ["invoice-2041"]);
    assert.deepEqual(await found(" Archived "), ["order-chairs"]);
    assert.equal((await found("")).length, 5);
    assert.deepEqual(await found("100%"), [], "a filter is text, not a pattern");
    assert.match((await list(person, "no such thing")).text, /^No items for the filter "no such thing"\.$/);
  });

  await t.test("needs the scope read, and a filter that is text", async () => {
    const person = await door.person();
    await door.refused("insufficient_scope", person, "get-items", {}, { scopes: ["profile"] });
    assert.match(await door.refused("invalid_input", person, "get-items", { filter: ["a"] }), /^filter: /);
  });
});
