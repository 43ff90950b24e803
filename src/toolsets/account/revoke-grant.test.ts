import assert from "node:assert/strict";
import { sql } from "kysely";
import { eachEngine } from "../../../test/database.ts";
import { callTime, openDoor, usersTable } from "../../../test/toolsets/door.ts";
import type { Handle, Migration } from "../../database/handle.ts";
import { uuidv7 } from "../../kernel/ids.ts";
import { accountToolset } from "./toolset.ts";

const linksTable: Migration = {
  name: "0002-links",
  statements: ["create table links (id uuid primary key, user_id uuid not null, revoked_at timestamptz)"],
};

const toolset = accountToolset<Handle>({
  grants: {
    async revoke(handle, userId, grantId, now) {
      const { rows } = await sql`
        update links set revoked_at = ${now} where id = ${grantId} and user_id = ${userId} and revoked_at is null returning id
      `.execute(handle);
      return rows.length === 1;
    },
    narrow: async () => null,
  },
  pause: { pause: async () => false, resume: async () => false },
  spending: {
    own: async () => ({ caps: [], recipientsOnly: false }),
    setCaps: async () => 1,
    setRecipientsOnly: async () => 1,
    addRecipient: async (_handle, _userId, _recipient, now) => ({ version: 1, usableFrom: now }),
    removeRecipient: async () => null,
  },
  people: {
    labelOf: async () => null,
    setDisplayName: async () => undefined,
    removeIdentity: async () => "unknown",
    signOutEverywhere: async () => 0,
    erase: async () => undefined,
  },
  passkeys: { add: async () => "full", rename: async () => false, remove: async () => false },
  notices: { choose: async () => undefined, addBrowser: async () => "full", removeBrowser: async () => false },
});

eachEngine("revoke_grant", [usersTable, linksTable], async (t, database) => {
  const door = openDoor(database, [toolset]);
  const link = async (userId: string) => {
    const id = uuidv7(callTime);
    await sql`insert into links (id, user_id) values (${id}, ${userId})`.execute(database.handle);
    return id;
  };
  const revokedAt = async (id: string) => {
    const { rows } = await sql<{ at: Date | null }>`select revoked_at as at from links where id = ${id}`.execute(
      database.handle,
    );
    return rows[0]?.at;
  };
  const web = { scopes: [], channel: "web" } as const;

  await t.test("ends the person's own link at the call's time", async () => {
    const person = await door.person();
    const grantId = await link(person);
    const answer = await door.ask(person, "revoke_grant", { grantId }, web);
    assert.deepEqual(answer.data, { grantId, revoked: true });
    assert.deepEqual(await revokedAt(grantId), callTime);
  });

  await t.test("says the same of a foreign link, an unknown one, no id at all and one that has ended", async () => {
    const [ana, ben] = [await door.person(), await door.person()];
    const foreign = await link(ben);
    const ended = await link(ana);
    await door.ask(ana, "revoke_grant", { grantId: ended }, web);
    const sentences = [foreign, uuidv7(callTime), ended, "no-uuid"].map((grantId) =>
      door.refused("not_found", ana, "revoke_grant", { grantId }, web),
    );
    assert.equal(new Set(await Promise.all(sentences)).size, 1);
    assert.equal(await revokedAt(foreign), null);
  });

  await t.test("cannot be called by an assistant, whatever it was granted", async () => {
    const person = await door.person();
    const grantId = await link(person);
    for (const channel of ["mcp", "chatgpt", "claude"] as const) {
      await door.refused(
        "tool_not_allowed",
        person,
        "revoke_grant",
        { grantId },
        { channel, scopes: ["mcp:invoke", "profile"] },
      );
    }
    assert.equal(await revokedAt(grantId), null);
  });

  await t.test("of two revocations at once, one succeeds", async () => {
    const person = await door.person();
    const grantId = await link(person);
    const results = await Promise.all([1, 2, 3].map(() => door.call(person, "revoke_grant", { grantId }, web)));
    assert.equal(results.filter((result) => result.ok).length, 1);
  });
});
