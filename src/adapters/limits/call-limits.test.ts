import assert from "node:assert/strict";
import { test } from "node:test";
import { eachEngine } from "../../../test/database.ts";
import { until } from "../../../test/bellhop.ts";
import { AppError } from "../../kernel/errors.ts";
import { createCallLimits } from "./call-limits.ts";
import { limitStatements } from "./limits.ts";

const migrations = [{ name: "0006-limits", statements: limitStatements }];
const START = Date.parse("2026-11-20T12:00:10Z");

/** How many of `calls` were let through. */
function letThrough(limits: { take(who: string): void }, who: string, calls: number): number {
  let taken = 0;
  for (let call = 0; call < calls; call += 1) {
    try {
      limits.take(who);
      taken += 1;
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === "rate_limited", String(error));
    }
  }
  return taken;
}

const alone = (perMinute: number, now: () => number = () => START) =>
  createCallLimits({
    query: async () => ({ rows: [] }),
    clock: () => new Date(now()),
    perMinute,
    report: assert.ifError,
  });

test("a person gets as many calls a minute as the limit says, whatever others do", (t) => {
  const limits = alone(5);
  t.after(limits.close);
  assert.equal(letThrough(limits, "ada", 8), 5);
  assert.equal(letThrough(limits, "bob", 8), 5);
});

test("who is refused learns when to come back, as a time and in seconds, and gets calls again then", (t) => {
  let now = START;
  const limits = alone(1, () => now);
  t.after(limits.close);
  limits.take("ada");
  assert.throws(
    () => limits.take("ada"),
    (error) => {
      assert.ok(error instanceof AppError);
      assert.deepEqual(
        [error.code, error.details],
        ["rate_limited", { retryAfter: 50, retryAt: "2026-11-20T12:01:00.000Z" }],
      );
      assert.match(error.next, /^Wait 50 s, until 2026-11-20T12:01:00/);
      return true;
    },
  );
  now += 50_000;
  limits.take("ada");
});

test("0 means as many as they like", (t) => {
  const limits = alone(0);
  t.after(limits.close);
  assert.equal(letThrough(limits, "ada", 10_000), 10_000);
});

test("a person whose own figure is named has that one, and what they have called counts on when it changes", (t) => {
  const limits = alone(5);
  t.after(limits.close);
  const taken = (perMinute: number, calls: number) =>
    letThrough({ take: (who) => limits.take(who, perMinute) }, "ada", calls);
  assert.equal(taken(3, 4), 3);
  assert.equal(taken(8, 10), 5, "after a change to a higher tier within the minute");
  assert.equal(taken(3, 1), 0, "and after it has ended");
  assert.equal(taken(0, 100), 100);
});

test("without the database each process counts on by itself, and nothing is counted twice later", async (t) => {
  let answers = false;
  const sent: number[] = [];
  const limits = createCallLimits({
    query: async (text, [rows]) => {
      if (!answers) throw new Error("no database");
      if (!text.includes("insert")) return { rows: [] };
      const counted: { key: string; points: number }[] = JSON.parse(String(rows));
      sent.push(...counted.map(({ points }) => points));
      return { rows: counted };
    },
    clock: () => new Date(START),
    perMinute: 10,
    report: () => undefined,
  });
  t.after(limits.close);
  assert.equal(letThrough(limits, "ada", 4), 4);
  await assert.rejects(limits.settle());
  answers = true;
  await Promise.all([limits.settle(), limits.settle()]);
  assert.deepEqual(sent, [4]);
  assert.equal(letThrough(limits, "ada", 10), 6);
});

test("a database that is away is reported once, however many calls come meanwhile", async (t) => {
  let asked = 0;
  let reported = 0;
  const limits = createCallLimits({
    query: () => {
      asked += 1;
      return Promise.reject(new Error("no database"));
    },
    clock: () => new Date(START),
    perMinute: 10,
    report: () => (reported += 1),
  });
  t.after(limits.close);
  for (const times of [1, 2, 3]) {
    limits.take("ada");
    await until("the database to be asked", () => asked === times || undefined);
  }
  assert.equal(reported, 1);
});

eachEngine("processes on one database share what they counted", migrations, async (t, database) => {
  let now = START;
  const process = () => {
    const limits = createCallLimits({
      query: database.query,
      clock: () => new Date(now),
      perMinute: 10,
      report: assert.ifError,
    });
    t.after(limits.close);
    return limits;
  };
  const [first, second] = [process(), process()];

  await t.test("as soon as both have settled", async () => {
    assert.equal(letThrough(first, "ada", 7), 7);
    assert.equal(letThrough(second, "ada", 2), 2);
    await first.settle();
    await second.settle();
    assert.equal(letThrough(second, "ada", 5), 1);
    await second.settle();
    await first.settle();
    // The first has had nothing to add since, so it learns with its next call, and from then on lets none through.
    assert.equal(letThrough(first, "ada", 1), 1);
    await first.settle();
    assert.equal(letThrough(first, "ada", 5), 0);
  });

  await t.test("by themselves, within a second", async () => {
    const third = process();
    third.take("carol");
    const counted = async () => (await database.query("select sum(points)::int as n from rate_limits", [])).rows[0];
    const before = JSON.stringify(await counted());
    await until("it to be counted", async () => JSON.stringify(await counted()) !== before || undefined);
  });

  await t.test("and a process that starts again in the same minute", async () => {
    const again = process();
    assert.equal(letThrough(again, "ada", 1), 1);
    await again.settle();
    assert.equal(letThrough(again, "ada", 5), 0);
  });

  await t.test("name nobody there, and are swept once their minute is over", async () => {
    assert.doesNotMatch(JSON.stringify((await database.query("select key from rate_limits", [])).rows), /ada|carol/);
    now += 3 * 60_000;
    first.take("bob");
    await first.settle();
    assert.equal((await database.query("select key from rate_limits", [])).rows.length, 1);
  });
});
