import assert from "node:assert/strict";
import { decodeJwt } from "jose";
import { sql } from "kysely";
import { eachEngine } from "../database.ts";
import { migrations, startOAuth } from "./rig.ts";

const DAY = 24 * 3600;

eachEngine("a sweep deletes what nobody can use, and nothing else", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const userId = await rig.addUser();
  const idsIn = async (table: string, column: string): Promise<string[]> => {
    const { rows } = await sql<{ id: string }>`
      select ${sql.ref(column)}::text as id from ${sql.table(table)}`.execute(database.handle);
    return rows.map(({ id }) => id).toSorted();
  };
  const clients = () => idsIn("oauth_clients", "id");
  const grants = () => idsIn("oauth_grants", "id");
  const codes = () => idsIn("oauth_codes", "client_id");
  const pass = async (seconds: number): Promise<void> => {
    rig.clock.advance(seconds);
    await rig.oauth.sweep();
  };

  const [idle, linked, byOperator] = [await rig.register(), await rig.register(), await rig.register()];
  await database.query("update oauth_clients set kind = 'operator' where id = $1", [byOperator]);
  let { access } = await rig.link(linked, userId);

  await t.test("chatgpt-registers-once: a client has a month to be linked", async () => {
    await pass(30 * DAY - 60);
    assert.deepEqual(await clients(), [idle, linked, byOperator].toSorted());
    await pass(120);
    assert.deepEqual(await clients(), [linked, byOperator].toSorted());
  });

  await t.test("a client whose person just agreed is not idle, and an old code goes after a day", async () => {
    const late = await rig.register();
    rig.clock.advance(31 * DAY);
    await rig.approve(late, userId);
    await rig.oauth.sweep();
    assert.deepEqual([(await clients()).includes(late), await codes()], [true, [late]]);
    await pass(DAY + 61);
    assert.deepEqual([(await clients()).includes(late), await codes()], [false, []]);
  });

  await t.test(
    "a link that ended stays in the person's own record for 90 days, and then goes with its client",
    async () => {
      ({ access } = await rig.link(linked, userId));
      const id = String(decodeJwt(access)["gid"]);
      assert.ok(await rig.oauth.grants.revoke(database.handle, userId, id, rig.clock.now()));
      await pass(89 * DAY);
      assert.deepEqual([await grants(), await clients()], [[id], [linked, byOperator].toSorted()]);
      await pass(2 * DAY);
      assert.deepEqual([await grants(), await clients()], [[], [byOperator]]);
    },
  );

  await t.test("a link that nobody used goes too, one in use never", async () => {
    const client = await rig.register();
    const [unused, used] = [await rig.link(client, userId), await rig.link(client, userId)];
    let refresh = used.refresh;
    for (let month = 0; month < 4; month += 1) {
      const answer: { refresh_token: string } = await (await rig.refresh(client, refresh)).json();
      refresh = answer.refresh_token;
      await pass(25 * DAY);
    }
    assert.deepEqual(await grants(), [String(decodeJwt(used.access)["gid"])]);
    assert.notEqual(decodeJwt(unused.access)["gid"], decodeJwt(used.access)["gid"]);
    assert.ok((await clients()).includes(client));
  });

  assert.deepEqual(rig.unforeseen, []);
});
