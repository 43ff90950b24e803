import assert from "node:assert/strict";
import { sql } from "kysely";
import * as z from "zod";
import { people } from "../../src/accounts/people.ts";
import { deleteUser } from "../../src/accounts/records/users.ts";
import type { Database } from "../../src/database/handle.ts";
import { openBrowser } from "../accounts/browser.ts";
import { migrations as accountMigrations, startAccounts } from "../accounts/server.ts";
import { until } from "../bellhop.ts";
import { eachEngine } from "../database.ts";
import { migrations as oauthMigrations } from "../../src/oauth/migrations/index.ts";
import { begin, membersOf, refused, startOAuth } from "./rig.ts";

const shown = z.object({ user: z.object({ ref: z.string() }) });

const codesIn = async ({ handle }: Database): Promise<number> =>
  (await sql<{ n: number }>`select count(*)::int as n from oauth_codes`.execute(handle)).rows[0]?.n ?? -1;

/** Settles when somebody waits for a row that another holds. */
const isWaiting = ({ handle }: Database): Promise<true> =>
  until("a statement that waits", async () => {
    const { rows } = await sql`
      select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(handle);
    return rows.length > 0 ? true : undefined;
  });

eachEngine("who signs out everywhere", [...accountMigrations, ...oauthMigrations], async (t, database) => {
  const server = await startAccounts(t, database);
  const { accounts, clock } = server;
  /** What happens while a person's decision is on its way. */
  let meanwhile = async (): Promise<void> => undefined;
  /** What happens while it is kept, in the session that is held. */
  let whileHeld = async (): Promise<void> => undefined;
  const rig = await startOAuth(t, database, {
    sessionUser: accounts.sessionUser,
    async holdSession(...of) {
      const held = await accounts.holdSession(...of);
      await whileHeld();
      return held;
    },
    limits: { take: async ({ name }) => (name === "oauth-approvals" ? meanwhile() : undefined) },
  });
  const clientId = await rig.register();
  const browser = openBrowser(server);

  const asked = async () => {
    const { request, browser: began } = await begin(rig, clientId);
    const headers = { cookie: `${began}; bellhop-session=${browser.session}`, origin: rig.baseUrl };
    const { user } = shown.parse(await membersOf(await rig.get(`/api/consent?request=${request}`, headers)));
    return () => rig.postJson("/authorize", { request, user_consent: true, person: user.ref }, headers);
  };

  await t.test("ends what they are agreeing to at that moment, too: no code is stored after it", async () => {
    const { id: userId } = await browser.signIn("ada@example.com");
    const decide = await asked();
    meanwhile = () =>
      database.transaction(async (handle) => {
        await people.signOutEverywhere(handle, userId, clock());
        await rig.oauth.grants.revokeAll(handle, userId, rig.clock.now());
      });
    await refused(await decide(), 401, "authentication_required");
    meanwhile = async () => undefined;
    assert.equal(await codesIn(database), 0);
    await browser.signIn("ada@example.com");
    assert.equal((await (await asked())()).status, 200);
    assert.equal(await codesIn(database), 1);
  });

  await t.test("waits for what is being agreed to in the session, and finds it", async () => {
    const { id: userId } = await browser.signIn("grace@example.com");
    const request = new Request(server.address, { headers: { cookie: `bellhop-session=${browser.session}` } });
    const order: string[] = [];
    const [held, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const agreeing = database.transaction(async (handle) => {
      assert.equal(await accounts.holdSession(handle, request, userId), true);
      held.resolve();
      await gate.promise;
      order.push("agreed");
    });
    await held.promise;
    const leaving = database
      .transaction((handle) => people.signOutEverywhere(handle, userId, clock()))
      .then(() => order.push("signed out"));
    // Without the lock it would be signed out first. The embedded database lets nobody in until the other is done.
    if (database.engine === "postgres") await Promise.race([isWaiting(database), leaving]);
    gate.resolve();
    await Promise.all([agreeing, leaving]);
    assert.deepEqual(order, ["agreed", "signed out"]);
    await database.transaction(async (handle) => {
      assert.equal(await accounts.holdSession(handle, request, userId), false);
      const nobody = new Request(server.address);
      assert.equal(await accounts.holdSession(handle, nobody, userId), false);
    });
  });

  await t.test(
    "and whoever removes a way to sign in, or erases the person, waits as well: neither stops the other",
    async () => {
      const leavings = [
        (userId: string, identityId: string) =>
          database.transaction((handle) => people.removeIdentity(handle, userId, identityId, clock())),
        (userId: string) => database.transaction((handle) => deleteUser(handle, userId)),
      ];
      for (const [index, leave] of leavings.entries()) {
        const { id: userId } = await browser.signIn(`joan-${index}@example.com`);
        const proof = await browser.askForCode(`joan-${index}@second.example`);
        const { identity } = (await browser.post("/api/identities/email/verify", proof)).body;
        const decide = await asked();
        const [held, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
        whileHeld = () => {
          held.resolve();
          return gate.promise;
        };
        const deciding = decide();
        await held.promise;
        whileHeld = async () => undefined;
        const leaving = leave(userId, identity.id);
        if (database.engine === "postgres") await isWaiting(database);
        gate.resolve();
        assert.equal((await deciding).status, 200);
        await leaving;
      }
    },
  );

  await t.test("a session is held for its own person alone", async () => {
    await browser.signIn("hedy@example.com");
    const other = await openBrowser(server).signIn("joan@example.com");
    const request = new Request(server.address, { headers: { cookie: `bellhop-session=${browser.session}` } });
    assert.equal(await database.transaction((handle) => accounts.holdSession(handle, request, other.id)), false);
  });

  assert.deepEqual([rig.unforeseen, server.faults], [[], []]);
});
