import assert from "node:assert/strict";
import { sql } from "kysely";
import * as z from "zod";
import { eachEngine } from "../../../test/database.ts";
import { callTime, openDoor, usersTable } from "../../../test/toolsets/door.ts";
import { uuidv7 } from "../../kernel/ids.ts";
import { reachable } from "../../kernel/policy.ts";
import { migrations } from "./migrations/index.ts";
import { intentsToolset } from "./toolset.ts";

const toolset = intentsToolset({ instructionLimit: 2000, sectionLimit: 5000 });
const stored = z.object({ intents: z.array(z.object({ id: z.string(), alreadyStored: z.boolean() })) });

eachEngine("archive_intent", [usersTable, ...migrations], async (t, database) => {
  const door = openDoor(database, [toolset]);
  const extract = async (person: string, fullInputText = "I need a van.") => {
    const [intent] = stored.parse((await door.ask(person, "extract_intent", { fullInputText })).data).intents;
    assert.ok(intent);
    return intent;
  };
  const archivedAt = async (id: string) => {
    const { rows } = await sql<{ at: Date | null }>`select archived_at as at from intents where id = ${id}`.execute(
      database.handle,
    );
    return rows[0]?.at;
  };

  await t.test("archives an intent, once and for all who ask again", async () => {
    const person = await door.person();
    const { id } = await extract(person);
    const answer = await door.ask(person, "archive_intent", { intentId: id });
    assert.deepEqual(answer.data, { intentId: id, archived: true });
    assert.match(answer.text, /^Archived "Looking for a van"\. To take it back, call archive_intent/);
    assert.deepEqual(await door.ask(person, "archive_intent", { intentId: id, undo: false }), answer);
    assert.deepEqual(await archivedAt(id), callTime);
  });

  await t.test("takes it back", async () => {
    const person = await door.person();
    const { id } = await extract(person);
    await door.ask(person, "archive_intent", { intentId: id });
    const answer = await door.ask(person, "archive_intent", { intentId: id, undo: true });
    assert.deepEqual(answer, { text: '"Looking for a van" is active.', data: { intentId: id, archived: false } });
    assert.deepEqual(await door.ask(person, "archive_intent", { intentId: id, undo: true }), answer);
    assert.equal(await archivedAt(id), null);
    assert.equal((await extract(person)).id, id);
  });

  await t.test("an archived intent may be stored anew, and is then not taken back beside it", async () => {
    const person = await door.person();
    const { id } = await extract(person);
    await door.ask(person, "archive_intent", { intentId: id });
    const twin = await extract(person);
    assert.notEqual(twin.id, id);
    assert.equal(twin.alreadyStored, false);
    const result = await door.call(person, "archive_intent", { intentId: id, undo: true });
    assert.ok(!result.ok && result.error.code === "conflict");
    assert.deepEqual(result.error.details, { intentId: twin.id });
    await door.ask(person, "archive_intent", { intentId: twin.id });
    await door.ask(person, "archive_intent", { intentId: id, undo: true });
  });

  await t.test("says the same of a foreign intent, an unknown one and no id at all", async () => {
    const [ana, ben] = [await door.person(), await door.person()];
    const { id } = await extract(ben);
    const sentences = [id, uuidv7(callTime), "1", "' or true --"].flatMap((intentId) =>
      [false, true].map((undo) => door.refused("not_found", ana, "archive_intent", { intentId, undo })),
    );
    assert.equal(new Set(await Promise.all(sentences)).size, 1);
    assert.equal(await archivedAt(id), null);
  });

  await t.test("of storing and taking back at once, one intent remains active", async () => {
    const person = await door.person();
    const { id } = await extract(person);
    await door.ask(person, "archive_intent", { intentId: id });
    const calls = Array.from({ length: 8 }, (_, index) =>
      index % 2
        ? door.call(person, "archive_intent", { intentId: id, undo: true })
        : door.call(person, "extract_intent", { fullInputText: "I need a van." }),
    );
    for (const result of await Promise.all(calls)) assert.ok(result.ok || result.error.code === "conflict");
    const { rows } = await sql`select 1 from intents where user_id = ${person} and archived_at is null`.execute(
      database.handle,
    );
    assert.equal(rows.length, 1);
  });

  // The system before gave its widget a Remove button that called an address which did not exist.
  await t.test(
    "remove-intent: the widget can remove what it was given, through the host, on every surface",
    async () => {
      const tool = toolset.tools.find(({ name }) => name === "archive_intent");
      assert.ok(tool?.audience === "assistant" && tool.channels === undefined);
      for (const channel of ["chatgpt", "claude", "mcp", "web"] as const) {
        assert.ok(reachable(tool, { channel }));
        const person = await door.person();
        const { id } = await extract(person);
        await door.ask(person, "archive_intent", { intentId: id }, { channel, scopes: ["mcp:invoke"] });
        assert.deepEqual(await archivedAt(id), callTime);
      }
    },
  );
});
