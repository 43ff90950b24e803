import assert from "node:assert/strict";
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from "jose";
import * as z from "zod";
import { runOperatorCommand } from "../../src/kernel/operator-command.ts";
import { keyCommands } from "../../src/oauth/key-commands.ts";
import { eachEngine } from "../database.ts";
import { migrations, refused, type Rig, startOAuth, tokensOf } from "./rig.ts";

const listed = z.object({
  keys: z.array(
    z.object({
      kid: z.string(),
      state: z.string(),
      algorithm: z.literal("RS256"),
      createdAt: z.iso.datetime(),
      activatesAt: z.iso.datetime(),
      retiresAt: z.iso.datetime().nullable(),
    }),
  ),
});
const keySet = z.object({ keys: z.array(z.object({ kid: z.string(), kty: z.literal("RSA"), use: z.literal("sig") })) });

const MINUTE = 60;

eachEngine("signing keys follow one another while two processes run", migrations, async (t, database) => {
  const [one, two] = [await startOAuth(t, database), await startOAuth(t, database)];
  // The two differ in their address, so each verifies its own tokens; the keys are the same.
  const wait = (seconds: number): void => [one, two].forEach((rig) => rig.clock.advance(seconds));
  const commands = keyCommands({ database, clock: one.clock.now, masterSecret: "test master secret" });
  const run = async (name: string, input: object = {}) =>
    listed.parse(await runOperatorCommand(commands, name, input)).keys;
  const states = async () => Object.fromEntries((await run("keys.list")).map(({ kid, state }) => [kid, state]));
  const [clientId, userId] = [await one.register(), await one.addUser()];
  const signedBy = (token: string): string => decodeProtectedHeader(token).kid ?? "";
  const published = async (rig: Rig): Promise<string[]> => {
    const { keys } = keySet.parse(await (await rig.get("/.well-known/jwks.json")).json());
    return keys.map(({ kid }) => kid).toSorted();
  };
  const [first = { kid: "" }] = await run("keys.list");

  await t.test("the next key is published at both within seconds, and signs nothing yet", async () => {
    const rotated = await run("keys.rotate");
    const next = rotated.find(({ kid }) => kid !== first.kid);
    assert.deepEqual(await states(), { [first.kid]: "active", [next?.kid ?? ""]: "published" });
    wait(5);
    for (const rig of [one, two]) {
      assert.deepEqual(await published(rig), [first.kid, next?.kid].toSorted());
      assert.equal(signedBy((await rig.link(clientId, userId)).access), first.kid);
    }
  });

  await t.test("then it signs at both, and what the former one signed stands until it expires", async () => {
    const before = await one.link(clientId, userId);
    assert.equal(signedBy(before.access), first.kid);
    wait(10 * MINUTE);
    for (const rig of [one, two]) assert.notEqual(signedBy((await rig.link(clientId, userId)).access), first.kid);
    assert.equal((await states())[first.kid], "retiring");
    wait(49 * MINUTE);
    assert.equal((await one.call(before.access)).status, 200, "nobody is signed out by a rotation");
    const next = await tokensOf(one.refresh(clientId, before.refresh));
    assert.notEqual(signedBy(next.access), first.kid);
  });

  await t.test("an outside verifier with our key set verifies the tokens of both keys", async () => {
    const set: JSONWebKeySet = await (await two.get("/.well-known/jwks.json")).json();
    const { access } = await two.link(clientId, userId);
    const { payload } = await jwtVerify(access, createLocalJWKSet(set), {
      issuer: two.baseUrl,
      currentDate: two.clock.now(),
    });
    assert.equal(payload.sub, userId);
  });

  await t.test("the former one is retired by itself, without a restart", async () => {
    wait(20 * MINUTE);
    assert.equal((await states())[first.kid], "retired");
    for (const rig of [one, two]) assert.equal((await published(rig)).includes(first.kid), false);
  });

  await t.test("soon means seconds, and no token is refused meanwhile at either", async () => {
    await run("keys.rotate", { soon: true });
    const [newest] = await run("keys.list");
    for (let second = 0; second < 15; second++) {
      for (const rig of [one, two]) {
        const { access } = await rig.link(clientId, userId);
        assert.equal((await rig.call(access)).status, 200);
      }
      wait(1);
    }
    for (const rig of [one, two]) assert.equal(signedBy((await rig.link(clientId, userId)).access), newest?.kid);
  });

  await t.test(
    "a key that leaked ends at once: its tokens are refused at both, and a refresh brings new ones",
    async () => {
      const links = await Promise.all(
        [one, two].map(async (rig) => ({ rig, tokens: await rig.link(clientId, userId) })),
      );
      for (const { rig, tokens } of links)
        assert.equal((await rig.call(tokens.access)).status, 200, "it is remembered");
      const leaked = signedBy(links[0]?.tokens.access ?? "");
      await run("keys.retire", { kid: leaked });
      wait(5);
      for (const { rig, tokens } of links) {
        await refused(await rig.call(tokens.access), 401, "invalid_token");
        const next = await tokensOf(rig.refresh(clientId, tokens.refresh));
        assert.notEqual(signedBy(next.access), leaked);
        assert.equal((await rig.call(next.access)).status, 200);
      }
      assert.equal((await states())[leaked], "retired");
      assert.equal(Object.values(await states()).filter((state) => state === "active").length, 1);
    },
  );

  await t.test(
    "of a key that waits and the one that signs, the first takes over when the second is ended",
    async () => {
      await run("keys.rotate");
      const now = await states();
      const kidOf = (state: string) => Object.keys(now).find((kid) => now[kid] === state) ?? "";
      const [waiting, active] = [kidOf("published"), kidOf("active")];
      await run("keys.retire", { kid: active });
      assert.equal((await states())[waiting], "active");
      wait(5);
      assert.equal(signedBy((await two.link(clientId, userId)).access), waiting);
    },
  );

  await t.test("only a key that is in use can be ended", async () => {
    const gone = Object.entries(await states()).find(([, state]) => state === "retired")?.[0] ?? "";
    for (const kid of [gone, "unknown"]) await assert.rejects(run("keys.retire", { kid }), { code: "not_found" });
    for (const input of [{}, { kid: "" }, { kid: 1 }])
      await assert.rejects(run("keys.retire", input), { code: "invalid_input" });
    await assert.rejects(run("keys.rotate", { now: true }), { code: "invalid_input" });
  });

  await t.test("two rotations at one moment leave one key that signs next", async () => {
    await Promise.all([run("keys.rotate"), run("keys.rotate")]);
    wait(11 * MINUTE);
    const kids = await Promise.all([one, two].map(async (rig) => signedBy((await rig.link(clientId, userId)).access)));
    assert.equal(new Set(kids).size, 1);
  });

  await t.test("a key that another one overtook signs nothing, so no token outlives its key", async () => {
    const before = new Set((await run("keys.list")).map(({ kid }) => kid));
    await run("keys.rotate");
    const overtaken = (await run("keys.list")).find(({ kid }) => !before.has(kid));
    await run("keys.rotate", { soon: true });
    for (const seconds of [20, 11 * MINUTE, 50 * MINUTE]) {
      wait(seconds);
      const { access } = await one.link(clientId, userId);
      assert.notEqual(signedBy(access), overtaken?.kid);
      assert.equal(before.has(signedBy(access)), false, "the last one signs");
    }
  });

  await t.test("an ended key is deleted a month later", async () => {
    wait(31 * 24 * 3600);
    await one.oauth.sweep();
    assert.deepEqual(new Set(Object.values(await states())), new Set(["active"]));
  });

  assert.deepEqual([...one.unforeseen, ...two.unforeseen], []);
});

eachEngine("a signing key is followed by another when it is old enough", migrations, async (t, database) => {
  const rigs = [await startOAuth(t, database, { keyDays: 90 }), await startOAuth(t, database, { keyDays: 90 })];
  const [one] = rigs;
  assert.ok(one);
  const days = (count: number): void => rigs.forEach((rig) => rig.clock.advance(count * 24 * 3600));
  const sweep = () => Promise.all(rigs.map((rig) => rig.oauth.sweep()));
  const commands = keyCommands({ database, clock: one.clock.now, masterSecret: "test master secret" });
  const states = async () =>
    listed.parse(await runOperatorCommand(commands, "keys.list", {})).keys.map(({ state }) => state);

  await t.test("not before its time", async () => {
    days(89);
    await sweep();
    assert.deepEqual(await states(), ["active"]);
  });

  await t.test("once, however many processes look", async () => {
    days(2);
    await sweep();
    await sweep();
    assert.deepEqual(await states(), ["published", "active"]);
    days(1);
    await sweep();
    assert.deepEqual(await states(), ["active", "retired"]);
  });

  await t.test("never where the operator said so", async (inner) => {
    const never = await startOAuth(inner, database, { keyDays: 0 });
    never.clock.advance(400 * 24 * 3600);
    await never.oauth.sweep();
    assert.equal((await states()).includes("published"), false);
  });
});
