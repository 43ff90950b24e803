/** Two processes on one database whose clocks differ: each goes by its own, and nothing runs twice for it. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Database } from "../../src/database/handle.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { until } from "../bellhop.ts";
import { eachEngine } from "../database.ts";
import { type FixtureHouse, openFixtureHouse, outcomesOf, tables, wordsOf } from "./house.ts";

const MINUTE = 60_000;
/** Asked at the slow one; then it is over by the clock of the fast one alone. */
const [SLOW, FAST] = [6 * MINUTE, 16 * MINUTE];

const codeOf = (error: unknown): string => (error instanceof AppError ? error.code : String(error));
const refusedWith = (code: string) => (error: unknown) => codeOf(error) === code;

async function open(t: TestContext, database: Database) {
  const [slow, fast] = [await openFixtureHouse(database), await openFixtureHouse(database)];
  t.after(async () => {
    await slow.close();
    await fast.close();
  });
  const drift = (): void => {
    slow.hand.ahead = SLOW;
    fast.hand.ahead = FAST;
  };
  /** Both processes work, until all that was approved has ended. */
  async function ended(userId: string, ...ids: readonly string[]): Promise<void> {
    await slow.runner.start();
    await fast.runner.start();
    for (const id of ids)
      await until("the end of the run", async () =>
        (await slow.approvals.find(userId, id)).run === "completed" ? true : undefined,
      );
  }
  return { slow, fast, drift, ended, ana: await slow.person() };
}

const codeAt = async (at: FixtureHouse, userId: string, word: string, key: string): Promise<string> => {
  const result = await at.call(userId, "asked_note", { word }, { key });
  return result.ok ? "ok" : result.error.code;
};

eachEngine("an approval that is over by one clock and not by another", tables, async (t, database) => {
  await t.test("whoever is told that it is over can rely on it everywhere, and asks anew", async (st) => {
    const { slow, fast, drift, ended, ana } = await open(st, database);
    const call = { key: "operation-told" };
    const { id } = slow.pendingOf(await slow.call(ana, "asked_note", { word: "told" }, call));
    const { digest } = await slow.approvals.find(ana, id);
    drift();
    assert.equal((await slow.approvals.find(ana, id)).status, "pending");
    assert.equal(await codeAt(fast, ana, "told", call.key), "approval_expired");
    await assert.rejects(slow.decide(ana, id, "approve", digest), refusedWith("approval_expired"));
    const anew = fast.pendingOf(await fast.call(ana, "asked_note", { word: "told" }, call)).id;
    assert.notEqual(anew, id);
    await slow.decide(ana, anew);
    await ended(ana, anew);
    assert.deepEqual(
      (await wordsOf(slow)).filter((word) => word === "told"),
      ["told"],
    );
  });

  await t.test("asking anew without an operation id ends the one before", async (st) => {
    const { slow, fast, drift, ended, ana } = await open(st, database);
    const { id } = slow.pendingOf(await slow.call(ana, "asked_note", { word: "anew" }));
    const { digest } = await slow.approvals.find(ana, id);
    drift();
    const anew = fast.pendingOf(await fast.call(ana, "asked_note", { word: "anew" })).id;
    assert.notEqual(anew, id);
    await assert.rejects(slow.decide(ana, id, "approve", digest), refusedWith("approval_expired"));
    await slow.decide(ana, anew);
    await ended(ana, anew);
    assert.deepEqual(
      (await wordsOf(slow)).filter((word) => word === "anew"),
      ["anew"],
    );
    assert.ok((await outcomesOf(slow, ana)).includes("decide_approval refused approval_expired"));
  });

  await t.test("a decision is taken by the clock of its own process, and what was approved runs once", async (st) => {
    const { slow, fast, drift, ended, ana } = await open(st, database);
    const { id } = slow.pendingOf(await slow.call(ana, "asked_note", { word: "yes" }, { key: "operation-yes" }));
    const { digest } = await slow.approvals.find(ana, id);
    drift();
    await assert.rejects(fast.decide(ana, id, "approve", digest), refusedWith("approval_expired"));
    assert.deepEqual(
      (await wordsOf(slow)).filter((word) => word === "yes"),
      [],
    );
    await slow.decide(ana, id);
    await fast.sweep();
    await assert.rejects(fast.decide(ana, id, "approve", digest), refusedWith("conflict"));
    await ended(ana, id);
    assert.equal(await codeAt(fast, ana, "yes", "operation-yes"), "ok");
    assert.deepEqual(
      (await wordsOf(slow)).filter((word) => word === "yes"),
      ["yes"],
    );
  });

  await t.test("of the yes at the one and the end at the other exactly one counts", async (st) => {
    const { slow, fast, drift, ended, ana } = await open(st, database);
    const words = Array.from({ length: 8 }, (_, index) => `raced-${index}`);
    const asked: { readonly word: string; readonly id: string; readonly digest: string }[] = [];
    for (const word of words) {
      const { id } = slow.pendingOf(await slow.call(ana, "asked_note", { word }, { key: `operation-${word}` }));
      asked.push({ word, id, digest: (await slow.approvals.find(ana, id)).digest });
    }
    drift();
    const [, ...said] = await Promise.all([
      fast.sweep(),
      ...asked.map(({ id, digest }) => slow.decide(ana, id, "approve", digest).then(() => "approved", codeOf)),
    ]);
    assert.deepEqual(
      [...new Set(said)].filter((one) => !["approved", "approval_expired"].includes(one)),
      [],
    );
    const approved = asked.filter((_, index) => said[index] === "approved");
    await ended(ana, ...approved.map(({ id }) => id));
    for (const { id } of asked) {
      const { status } = await slow.approvals.find(ana, id);
      assert.equal(status, approved.some((one) => one.id === id) ? "approved" : "expired");
    }
    const ran = (await wordsOf(slow)).filter((word) => word.startsWith("raced"));
    assert.deepEqual(
      ran,
      approved.map(({ word }) => word),
    );
    st.diagnostic(`${approved.length} of ${asked.length} were approved`);
  });
});
