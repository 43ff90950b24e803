import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Browser, openBrowser } from "../accounts/browser.ts";
import { register } from "../clients/raw-link.ts";
import { runBellhop } from "../command-line.ts";
import { startWhole } from "./whole-server.ts";

/** A server with an administrator and a person, and the command line beside it. */
async function stage(t: TestContext) {
  const server = await startWhole(t);
  const { baseUrl, dataDirectory } = server;
  const run = (...args: readonly string[]) =>
    runBellhop(args, { BELLHOP_DATA_DIR: dataDirectory, SERVER_BASE_URL: baseUrl });
  const signedIn = async (email: string): Promise<Browser> => {
    const browser = openBrowser(server);
    await browser.signIn(email);
    return browser;
  };
  const [ada, ben] = [await signedIn("ada@example.com"), await signedIn("ben@example.com")];
  const granted = await run("admin", "grant", "ada@example.com");
  assert.equal(granted.code, 0, granted.stderr);
  const benId: string = (await ben.get("/api/session")).body.user.id;
  const adaId: string = (await ada.get("/api/session")).body.user.id;
  /** What Ben's assistant is told when it changes something. */
  const act = async (name = "perform-item-action", args: object = { itemId: "order-chairs", action: "approve" }) => {
    const asked = await fetch(`${baseUrl}/api/emulator/claude/mcp`, {
      method: "POST",
      headers: {
        cookie: `bellhop-session=${ben.session}`,
        origin: baseUrl,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } }),
    });
    return asked.text();
  };
  return { ...server, run, ada, ben, adaId, benId, act };
}

test("an administrator pauses a person, who sees it and cannot lift it", async (t) => {
  const { baseUrl, clock, run, ada, ben, adaId, benId, act } = await stage(t);
  const pause = (paused: boolean, id = benId, by = ada) => by.put(`/api/admin/users/${id}/pause`, { paused });
  const pauses = async () => (await ben.get("/api/pause")).body;
  const byOperator = /The operator of this server has paused this person/;

  await t.test("from the next call on nothing is changed in their name; what only reads goes on", async () => {
    assert.doesNotMatch(await act(), /isError":true|paused/);
    const answered = await pause(true);
    assert.equal(answered.status, 200, JSON.stringify(answered.body));
    assert.match(await act(), byOperator);
    assert.doesNotMatch(await act("get-items", {}), /isError":true|paused/);
    const { users } = (await ada.get(`/api/admin/users?userId=${benId}`)).body;
    assert.notEqual(users[0].pausedAt, null);
  });

  await t.test("they see it, and their own button lifts only their own", async () => {
    const { operatorPausedAt, pausedAt } = await pauses();
    assert.deepEqual([typeof operatorPausedAt, pausedAt], ["string", null]);
    assert.equal((await ben.put("/api/pause", { paused: true })).status, 200);
    const lifted = await ben.put("/api/pause", { paused: false });
    assert.deepEqual(
      [lifted.status, lifted.body.pausedAt, lifted.body.operatorPausedAt],
      [200, null, operatorPausedAt],
    );
    assert.match(await act(), byOperator);
  });

  await t.test("nor does any other way lead there: no administrator lifts a pause for themselves", async () => {
    assert.deepEqual((await pause(false, benId, ben)).body.error, "role_required");
    for (const paused of [true, false]) assert.equal((await pause(paused, adaId)).body.error, "conflict");
    assert.equal((await pause(true, "0190c3a0-0000-7000-8000-000000000000")).body.error, "not_found");
    for (const [body, why] of [
      [{}, /paused.*boolean/],
      [{ paused: "no" }, /paused.*boolean/],
      [{ paused: true, more: 1 }, /more/],
    ] as const) {
      const refused = await ada.put(`/api/admin/users/${benId}/pause`, body);
      assert.equal(refused.status, 400, JSON.stringify(body));
      assert.match(refused.body.error_description, why);
    }
  });

  await t.test("lifting it takes a proof; pausing does not", async () => {
    clock.pass(360);
    assert.equal((await pause(false)).body.error, "fresh_sign_in_required");
    assert.match(await act(), byOperator);
    assert.equal((await pause(true)).status, 200);
    await ada.signIn("ada@example.com");
    assert.equal((await pause(false)).status, 200);
    assert.doesNotMatch(await act(), /isError":true|paused/);
    assert.deepEqual(await pauses(), { pausedAt: null, operatorPausedAt: null });
  });

  await t.test("so does what else opens a way again", async () => {
    const cut = (disabled: boolean) => ada.patch(`/api/admin/users/${benId}`, { disabled });
    const channel = (enabled: boolean | null) =>
      ada.patch("/api/admin/channels", { channel: "voice", enabled, userId: benId });
    const clientId = encodeURIComponent(await register(baseUrl));
    const client = (disabled: boolean) => ada.patch(`/api/admin/clients/${clientId}`, { disabled });
    clock.pass(360);
    for (const closing of [await cut(true), await channel(false), await client(true)])
      assert.equal(closing.status, 200, JSON.stringify(closing.body));
    const tier = () => ada.put(`/api/admin/users/${benId}/tier`, { tier: "free" });
    const bundle = () => ada.put(`/api/admin/users/${benId}/bundles/signals`, {});
    for (const opening of [await cut(false), await channel(true), await channel(null), await client(false)])
      assert.equal(opening.body.error, "fresh_sign_in_required");
    for (const giving of [await tier(), await bundle()])
      assert.equal(giving.body.error, "fresh_sign_in_required", "and what gives more, whatever tier it is");
    assert.deepEqual((await ben.get("/api/usage")).body.bundles, []);
    const { receipts } = (await ada.get("/receipts?outcome=refused&limit=100")).body;
    for (const tool of ["set_tier", "grant_bundle"])
      assert.ok(
        receipts.some((one: { tool: string }) => one.tool === tool),
        tool,
      );
    await ada.signIn("ada@example.com");
    assert.equal((await tier()).status, 200);
    assert.equal((await bundle()).status, 200);
    clock.pass(360);
    assert.equal((await ada.delete(`/api/admin/users/${benId}/bundles/signals`)).status, 200, "taking is a click");
    await ada.signIn("ada@example.com");
    assert.equal((await cut(false)).status, 200);
    assert.equal((await channel(null)).status, 200);
    assert.equal((await client(false)).status, 200);
  });

  await t.test("the terminal does the same", async () => {
    const said = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await run("admin", ...args);
      assert.equal(code, 0, stderr);
      return stdout.trim();
    };
    assert.equal(await said("pause", "ben@example.com"), "ben@example.com is paused now, and cannot lift it.");
    assert.match(await act(), byOperator);
    assert.equal(await said("pause", benId), `${benId} was paused already.`);
    assert.equal(await said("resume", "Ben@Example.com"), "Ben@Example.com is no longer paused by you.");
    assert.equal(await said("resume", benId), `${benId} was not paused by you.`);
    assert.doesNotMatch(await act(), /isError":true|paused/);
    for (const nobody of ["carl@example.com", "0190c3a0-0000-7000-8000-000000000000"]) {
      const { code, stderr } = await run("admin", "pause", nobody);
      assert.notEqual(code, 0);
      assert.match(stderr, /signs in with it and a code/);
    }
  });

  await t.test("every press left a receipt with whoever pressed", async () => {
    const { receipts } = (await ada.get("/receipts?limit=100")).body;
    const pressed = receipts.filter(({ tool }: { tool: string }) => /^(pause|resume)_person$/.test(tool));
    const outcomes = pressed.map(({ tool, outcome }: { tool: string; outcome: string }) => `${tool} ${outcome}`);
    for (const one of ["pause_person ok", "resume_person ok", "resume_person refused"])
      assert.ok(outcomes.includes(one), one);
  });
});

test("an administrator gives a bundle beside the tier, and takes it, each with its receipt", async (t) => {
  const { clock, ada, ben, benId } = await stage(t);
  const path = `/api/admin/users/${benId}/bundles`;
  const held = async () => (await ben.get("/api/usage")).body.bundles;
  const until = new Date(clock().getTime() + 3_600_000).toISOString();
  assert.deepEqual(await held(), []);
  assert.equal((await ada.put(`${path}/signals`, { until })).status, 200);
  assert.equal((await ada.put(`${path}/research`, {})).status, 200);
  assert.deepEqual((await held()).toSorted(), ["research", "signals"]);
  const { users } = (await ada.get(`/api/admin/users?userId=${benId}`)).body;
  assert.deepEqual(
    users[0].bundles.toSorted((one: { bundle: string }, other: { bundle: string }) =>
      one.bundle < other.bundle ? -1 : 1,
    ),
    [
      { bundle: "research", until: null },
      { bundle: "signals", until },
    ],
  );
  clock.pass(3601);
  assert.deepEqual(await held(), ["research"], "it ends by its date");
  assert.equal((await ada.delete(`${path}/research`)).status, 200);
  assert.deepEqual(await held(), []);
  assert.equal((await ada.delete(`${path}/research`)).body.error, "not_found");
  await ada.signIn("ada@example.com");
  assert.equal((await ada.put(`${path}/signals`, { until })).body.error, "invalid_input", "an end that lies behind");
  for (const odd of ["Signals", "a%20b", "x".repeat(32)])
    assert.equal((await ada.put(`${path}/${odd}`, {})).body.error, "invalid_input", odd);
  assert.equal((await ben.put(`${path}/signals`, {})).body.error, "role_required");
  const { receipts } = (await ada.get("/receipts?limit=100")).body;
  const tools = receipts
    .filter(({ outcome }: { outcome: string }) => outcome === "ok")
    .map(({ tool }: { tool: string }) => tool);
  for (const tool of ["grant_bundle", "revoke_bundle"]) assert.ok(tools.includes(tool), tool);
});
