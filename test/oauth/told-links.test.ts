import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Database, Handle } from "../../src/database/handle.ts";
import { eachEngine } from "../database.ts";
import { operatorClient } from "./operator-client.ts";
import { migrations, refused, startOAuth, tokensOf } from "./rig.ts";

/** What is to be told, as another room keeps it: a table in the same database. */
const told = {
  name: "9000-told",
  statements: ["create table told (id uuid primary key, user_id uuid not null)"],
};

const tellings = async ({ handle }: Database): Promise<number> => {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from told`.execute(handle);
  return rows[0]?.count ?? 0;
};

eachEngine("a link and the word of it", [...migrations, told], async (t, database) => {
  let fails = false;
  const rig = await startOAuth(t, database, {
    async linkMade(handle: Handle, { id, userId }) {
      await sql`insert into told (id, user_id) values (${id}, ${userId})`.execute(handle);
      if (fails) throw new Error("as a process that dies here");
    },
  });
  const ana = await rig.addUser();
  const clientId = await rig.register();

  await t.test("commit together, or neither is there: the code may be sent again", async () => {
    const { code } = await rig.approve(clientId, ana);
    fails = true;
    assert.equal((await rig.exchange(clientId, code)).status, 500);
    assert.deepEqual([await tellings(database), (await rig.oauth.grants.list(ana)).length], [0, 0]);
    assert.equal(rig.unforeseen.splice(0).length, 1);
    fails = false;
    await tokensOf(rig.exchange(clientId, code));
    assert.deepEqual([await tellings(database), (await rig.oauth.grants.list(ana)).length], [1, 1]);
  });

  await t.test("are one each: many at once with one code, a replay and a refresh tell nothing more", async () => {
    const before = await tellings(database);
    const { code } = await rig.approve(clientId, ana);
    const answers = await Promise.all(Array.from({ length: 8 }, () => rig.exchange(clientId, code)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    await refused(await rig.exchange(clientId, code), 400, "invalid_grant");
    const { refresh } = await rig.link(clientId, ana);
    await tokensOf(rig.refresh(clientId, refresh));
    assert.equal(await tellings(database), before + 2);
  });

  await t.test("of the company's own service there is no word", async () => {
    const before = await tellings(database);
    const { id, post } = await operatorClient(rig, { internal: true });
    const { code } = await rig.approve(id, ana);
    await tokensOf(rig.exchange(id, code, post));
    assert.equal(await tellings(database), before);
  });

  await t.test("ends with all the others at once, and what was agreed to and not fetched with it", async () => {
    const [ben, other] = [await rig.addUser(), await rig.register()];
    const [one, two, bens] = [await rig.link(clientId, ana), await rig.link(other, ana), await rig.link(clientId, ben)];
    const { code } = await rig.approve(other, ana);
    const live = (await rig.oauth.grants.list(ana)).length;
    const now = rig.clock.now();
    const ended = await database.transaction((handle) => rig.oauth.grants.revokeAll(handle, ana, now));
    assert.ok(ended >= 2);
    assert.equal(ended, live);
    for (const { access } of [one, two]) assert.equal((await rig.call(access)).status, 401);
    assert.equal((await rig.call(bens.access)).status, 200, "nobody else's");
    await refused(await rig.refresh(clientId, one.refresh), 400, "invalid_grant");
    await refused(await rig.exchange(other, code), 400, "invalid_grant");
    assert.equal(await database.transaction((handle) => rig.oauth.grants.revokeAll(handle, ana, now)), 0);
  });
});
