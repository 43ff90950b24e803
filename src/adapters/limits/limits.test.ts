import assert from "node:assert/strict";
import { test } from "node:test";
import { eachEngine } from "../../../test/database.ts";
import { AppError } from "../../kernel/errors.ts";
import type { Limit, LimitsPort } from "../../kernel/ports/limits.ts";
import { createLimits, limitStatements } from "./limits.ts";

const migrations = [{ name: "0006-limits", statements: limitStatements }];
const limit = (name: string, points: number, seconds = 600): Limit => ({ name, points, seconds });

/** The seconds to wait, or 0 when the point was given. */
async function refusal(limits: LimitsPort, taken: Limit, key: string): Promise<number> {
  try {
    await limits.take(taken, key);
    return 0;
  } catch (error) {
    assert.ok(error instanceof AppError && error.code === "rate_limited", String(error));
    const { retryAfter } = error.details;
    assert.ok(typeof retryAfter === "number" && Number.isInteger(retryAfter) && retryAfter >= 1);
    return retryAfter;
  }
}

const isTaken = async (limits: LimitsPort, taken: Limit, key: string): Promise<boolean> =>
  (await refusal(limits, taken, key)) === 0;

eachEngine("limits give as many points as they say", migrations, async (t, database) => {
  const limits = createLimits({ query: database.query });

  await t.test("then say how long to wait", async () => {
    const three = limit("three", 3);
    for (let index = 0; index < 3; index += 1) assert.equal(await refusal(limits, three, "ada"), 0);
    const wait = await refusal(limits, three, "ada");
    assert.ok(wait > 590 && wait <= 600, String(wait));
    assert.equal(await refusal(limits, three, "bob"), 0, "another key has its own points");
  });

  await t.test("no more when all come at once, over two processes", async () => {
    const other = createLimits({ query: database.query });
    const five = limit("five", 5);
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, index) => isTaken(index % 2 === 0 ? limits : other, five, "ada")),
    );
    assert.equal(answers.filter(Boolean).length, 5);
  });

  await t.test("apart from every other limit, also one of the same name", async () => {
    assert.ok(await isTaken(limits, limit("one", 1), "ada"));
    assert.ok(await isTaken(limits, limit("one", 2), "ada"));
    assert.ok(await isTaken(limits, limit("one", 1, 60), "ada"));
    assert.ok(await isTaken(limits, limit("other", 1), "ada"));
    assert.ok(!(await isTaken(limits, limit("one", 1), "ada")));
  });

  await t.test("for any key, however long or odd, and store no key as it is", async () => {
    const once = limit("odd", 1);
    for (const key of ["", "a\0b", "a\uD800b", "k".repeat(100_000), "ada@example.com"]) {
      assert.ok(await isTaken(limits, once, key));
      assert.ok(!(await isTaken(limits, once, key)));
    }
    const { rows } = await database.query("select key from rate_limits", []);
    assert.doesNotMatch(JSON.stringify(rows), /ada@example/);
  });

  await t.test("again when the time has passed", async (st) => {
    const once = limit("again", 1, 60);
    assert.ok(await isTaken(limits, once, "ada"));
    st.mock.timers.enable({ apis: ["Date"], now: Date.now() + 59_000 });
    assert.ok(!(await isTaken(limits, once, "ada")));
    st.mock.timers.setTime(Date.now() + 2000);
    assert.ok(await isTaken(limits, once, "ada"));
  });
});

test("a key without points is turned away without asking the database", async () => {
  let queries = 0;
  const limits = createLimits({
    query: async () => {
      queries += 1;
      return { rows: [{ points: queries, expire: String(Date.now() + 60_000) }], rowCount: 1 };
    },
  });
  const once = limit("once", 1);
  await limits.take(once, "ada");
  for (let index = 0; index < 3; index += 1) assert.ok((await refusal(limits, once, "ada")) > 0);
  assert.equal(queries, 1);
});

test("without the database nothing is let through", async () => {
  const limits = createLimits({ query: () => Promise.reject(new Error("no database")) });
  await assert.rejects(
    limits.take(limit("any", 5), "ada"),
    (error) => error instanceof AppError && error.code === "unavailable",
  );
});
