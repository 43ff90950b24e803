import assert from "node:assert/strict";
import { decodeJwt } from "jose";
import { sql } from "kysely";
import type { ErrorCode } from "../../src/kernel/errors.ts";
import { uuidv7 } from "../../src/kernel/ids.ts";
import type { Channel, Principal } from "../../src/kernel/principal.ts";
import { admissionData } from "../../src/oauth/grants.ts";
import { eachEngine } from "../database.ts";
import { membersOf, migrations, type Rig, startOAuth } from "./rig.ts";

/** Who calls with a bearer, as the door would see them. */
const admitted = (rig: Rig, token: string): Promise<Principal> =>
  rig.oauth.authenticate(new Request(rig.baseUrl, { headers: { authorization: `Bearer ${token}` } }));

/** Somebody without a link. */
const linkless = (userId: string, channel: Channel): Principal => ({
  userId,
  clientId: "some-surface",
  clientName: "Some surface",
  grantId: null,
  scopes: new Set(["read"]),
  channel,
  paused: false,
});

eachEngine("a person pauses everything", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const { pause, serviceTokens } = rig.oauth;
  const { handle } = database;
  const clientId = await rig.register();
  const [ana, ben] = [await rig.addUser(), await rig.addUser()];
  const [one, another, bens] = [
    await rig.link(clientId, ana),
    await rig.link(clientId, ana),
    await rig.link(clientId, ben),
  ];
  const isPaused = async (token: string) => (await membersOf(await rig.call(token)))["paused"];

  await t.test("the very next call of each of their assistants says so, and nobody else's", async () => {
    const service = await serviceTokens.open({ userId: ana, channel: "voice", scopes: ["read"] });
    for (const { access } of [one, another, bens]) assert.equal(await isPaused(access), false);
    assert.equal((await pause.pauses(ana)).person, null);
    assert.equal(await pause.pause(handle, ana, rig.clock.now()), true);
    for (const token of [one.access, another.access, service.token]) assert.equal(await isPaused(token), "person");
    assert.equal(await isPaused(bens.access), false);
  });

  await t.test("paused again, it stands since the first time, and a person takes that along", async () => {
    const since = (await pause.pauses(ana)).person;
    rig.clock.advance(60);
    assert.equal(await pause.pause(handle, ana, rig.clock.now()), false);
    assert.deepEqual((await pause.pauses(ana)).person, since);
    const taken = JSON.parse(JSON.stringify(await admissionData.exportOf(handle, ana)));
    assert.equal(taken.pausedAt, since?.toISOString());
  });

  await t.test("they stay linked: a refresh works, and so does a new link", async () => {
    assert.equal((await rig.refresh(clientId, another.refresh)).status, 200);
    assert.equal(await isPaused((await rig.link(clientId, ana)).access), "person");
  });

  await t.test("resumed, the next call goes on", async () => {
    assert.equal(await pause.resume(handle, ana), true);
    assert.equal(await pause.resume(handle, ana), false);
    assert.equal(await isPaused(one.access), false);
  });

  await t.test(
    "the operator's pause is another one: each is lifted by itself, and the operator's is told",
    async () => {
      const { pausePerson, resumePerson } = rig.oauth.administration;
      assert.equal(await pause.pause(handle, ana, rig.clock.now()), true);
      assert.equal(await pausePerson(handle, ana, rig.clock.now()), true);
      assert.equal(await pausePerson(handle, ana, rig.clock.now()), false);
      assert.equal(await isPaused(one.access), "operator");
      assert.equal(await isPaused(bens.access), false);
      assert.equal(await pause.resume(handle, ana), true);
      assert.equal(await pause.resume(handle, ana), false, "the person lifts only their own");
      assert.equal(await isPaused(one.access), "operator");
      assert.equal(await pause.pause(handle, ana, rig.clock.now()), true);
      assert.equal(await resumePerson(handle, ana), true);
      assert.equal(await resumePerson(handle, ana), false);
      assert.equal(await isPaused(one.access), "person");
      const taken = JSON.parse(JSON.stringify(await admissionData.exportOf(handle, ana)));
      assert.equal(taken.pausedByOperatorAt, null);
      assert.equal(await pause.resume(handle, ana), true);
      assert.deepEqual(await pause.pauses(ana), { person: null, operator: null });
    },
  );

  await t.test("a process of the release before pauses and resumes as it did, while this one is there", async () => {
    const [eve, { pausePerson }] = [await rig.addUser(), rig.oauth.administration];
    await pausePerson(handle, eve, rig.clock.now());
    for (const inserted of [1, 0]) {
      const { rows } = await sql`
        insert into oauth_paused_users (user_id, paused_at) values (${eve}, ${rig.clock.now()})
        on conflict (user_id) do nothing returning 1`.execute(handle);
      assert.equal(rows.length, inserted);
    }
    assert.notEqual((await pause.pauses(eve)).person, null);
    await sql`delete from oauth_paused_users where user_id = ${eve}`.execute(handle);
    assert.equal(await pause.pausedBy(eve), "operator", "it cannot lift what it does not know");
  });

  await t.test("a person who is erased leaves no trace of it", async () => {
    const eve = await rig.addUser();
    await pause.pause(handle, eve, rig.clock.now());
    await rig.oauth.administration.pausePerson(handle, eve, rig.clock.now());
    await sql`delete from users where id = ${eve}`.execute(handle);
    assert.deepEqual(await pause.pauses(eve), { person: null, operator: null });
  });

  assert.deepEqual(rig.unforeseen, []);
});

eachEngine("work that runs later is admitted anew", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const { administration: admin, grants, pause, readmit, serviceTokens } = rig.oauth;
  const { handle } = database;
  const clientId = await rig.register({ client_name: "Claude" });
  const ana = await rig.addUser();
  const now = () => rig.clock.now();
  /** A link, and its principal as it is stored with an operation. */
  async function stored(): Promise<Principal> {
    const { access } = await rig.link(clientId, ana, { scope: "read write profile offline_access" });
    return admitted(rig, access);
  }
  /** A session of one of our own surfaces, and its principal. */
  async function inSession(userId: string, channel: "voice" | "x" | "stdio"): Promise<Principal> {
    const { sessionId } = await serviceTokens.open({ userId, channel, scopes: ["read", "write"] });
    return { ...linkless(userId, channel), scopes: new Set(["read", "write"]), sessionId };
  }
  const refused = (principal: Principal, code: ErrorCode) => assert.rejects(readmit(principal), { code });

  await t.test("as it was, while its link stands", async () => {
    const principal = await stored();
    assert.deepEqual(await readmit(principal), principal);
  });

  await t.test("with no more than its link holds now, and no more than it held then", async () => {
    const principal = await stored();
    await grants.narrow(handle, ana, principal.grantId ?? "", ["read"], now());
    assert.deepEqual((await readmit(principal)).scopes, new Set(["read", "offline_access"]));
    const less: Principal = { ...(await stored()), scopes: new Set(["profile"]) };
    assert.deepEqual((await readmit(less)).scopes, new Set(["profile"]));
  });

  await t.test("not when its link has ended, or is another's", async () => {
    const principal = await stored();
    await refused({ ...principal, userId: await rig.addUser() }, "invalid_token");
    await refused({ ...principal, clientId: await rig.register() }, "invalid_token");
    await refused({ ...principal, grantId: uuidv7(now()) }, "invalid_token");
    await grants.revoke(handle, ana, principal.grantId ?? "", now());
    await refused(principal, "invalid_token");
  });

  await t.test("not when its client, its person or its channel was stopped meanwhile", async () => {
    const principal = await stored();
    await admin.cutOffClient(handle, clientId, now());
    await refused(principal, "client_disabled");
    await admin.restoreClient(handle, clientId);
    await admin.cutOffUser(handle, ana, now());
    await refused(principal, "account_disabled");
    await admin.restoreUser(handle, ana);
    await admin.switchChannel(handle, "mcp", false, now());
    await refused(principal, "channel_disabled");
    await admin.switchChannel(handle, "mcp", true, now());
    assert.deepEqual(await readmit(principal), principal);
  });

  await t.test("paused where its person has paused, whatever it was stored as", async () => {
    const principals = [await stored(), linkless(ana, "web"), linkless(ana, "chatgpt"), await inSession(ana, "voice")];
    await pause.pause(handle, ana, now());
    for (const principal of principals) assert.equal((await readmit(principal)).paused, "person", principal.channel);
    await pause.resume(handle, ana);
    for (const principal of principals)
      assert.equal((await readmit({ ...principal, paused: "person" })).paused, false, principal.channel);
  });

  await t.test("without a link, as far as its person and its channel are not stopped", async () => {
    const eve = await rig.addUser();
    const [web, voice] = [linkless(eve, "web"), await inSession(eve, "voice")];
    assert.deepEqual(await readmit(web), { ...web, paused: false });
    assert.deepEqual(await readmit(voice), { ...voice, paused: false });
    await admin.setUserChannel(handle, eve, "voice", false, now());
    await refused(voice, "channel_disabled");
    assert.equal((await readmit(web)).channel, "web");
    await admin.cutOffUser(handle, eve, now());
    await refused(web, "account_disabled");
    await refused(voice, "account_disabled");
  });

  await t.test("a caller of ours as long as its session lasts, with no more than that holds", async () => {
    const ben = await rig.addUser();
    const voice = await inSession(ben, "voice");
    assert.deepEqual(await readmit(voice), { ...voice, paused: false });
    const wider = await readmit({ ...voice, scopes: new Set(["read", "write", "profile"]) });
    assert.deepEqual(wider.scopes, new Set(["read", "write"]));
    // Another person's session, another channel's, one that never was, and work of before sessions were stored.
    await refused({ ...voice, userId: ana }, "invalid_token");
    await refused({ ...voice, channel: "x" }, "invalid_token");
    await refused({ ...voice, sessionId: uuidv7(now()) }, "invalid_token");
    await refused(linkless(ben, "stdio"), "invalid_token");
    assert.equal(await serviceTokens.end(voice.sessionId ?? ""), true);
    await refused(voice, "invalid_token");
  });

  await t.test("not a caller of ours whose session is over by itself, or by signing out everywhere", async () => {
    const [ben, eve] = [await rig.addUser(), await rig.addUser()];
    const [stdio, x, other] = [await inSession(ben, "stdio"), await inSession(ben, "x"), await inSession(eve, "x")];
    await serviceTokens.endAll(handle, ben, now());
    for (const principal of [stdio, x]) await refused(principal, "invalid_token");
    assert.equal((await readmit(other)).channel, "x");
    rig.clock.advance(24 * 3600 + 1);
    await refused(other, "invalid_token");
  });

  await t.test("a token's own link is the one that is asked", async () => {
    const { access } = await rig.link(clientId, ana);
    assert.equal((await admitted(rig, access)).grantId, decodeJwt(access)["gid"]);
  });

  assert.deepEqual(rig.unforeseen, []);
});

eachEngine(
  "the browser of a person is no channel that an installation has to offer",
  migrations,
  async (t, database) => {
    const rig = await startOAuth(t, database, { channels: [] });
    const ana = await rig.addUser();
    assert.equal((await rig.oauth.readmit(linkless(ana, "web"))).paused, false);
    const { sessionId } = await rig.oauth.serviceTokens.open({ userId: ana, channel: "voice", scopes: ["read"] });
    await assert.rejects(rig.oauth.readmit({ ...linkless(ana, "voice"), sessionId }), { code: "channel_disabled" });
  },
);
