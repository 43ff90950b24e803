import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { groupLookups } from "./grouped-lookups.ts";

/** Questions that the test answers itself. */
function desk() {
  const asked: { keys: readonly string[]; answer: (found: ReadonlyMap<string, string>) => void; fail: () => void }[] =
    [];
  const lookup = groupLookups<string>((keys) => {
    const { promise, resolve, reject } = Promise.withResolvers<ReadonlyMap<string, string>>();
    asked.push({ keys, answer: resolve, fail: () => reject(new Error("The database is gone.")) });
    return promise;
  });
  const next = async (index: number) => {
    for (let turns = 0; turns < 100; turns += 1) {
      const question = asked[index];
      if (question) return question;
      await turn();
    }
    throw new Error(`Question ${index} was never asked.`);
  };
  return { asked, lookup, next };
}

const upper = (keys: readonly string[]): Map<string, string> => new Map(keys.map((key) => [key, key.toUpperCase()]));

describe("lookups in groups", () => {
  test("one alone is asked before the event loop has turned twice", async () => {
    const { asked, lookup } = desk();
    void lookup("a");
    await turn();
    assert.deepEqual(
      asked.map(({ keys }) => keys),
      [["a"]],
    );
  });

  test("those who come in one turn share one question", async () => {
    const { asked, next, lookup } = desk();
    const answers = ["a", "b"].map((key) => lookup(key));
    (await next(0)).answer(upper(["a", "b"]));
    assert.deepEqual(await Promise.all(answers), ["A", "B"]);
    assert.equal(asked.length, 1);
  });

  test("whoever comes meanwhile shares the next question, and each gets its own answer", async () => {
    const { next, lookup } = desk();
    const first = lookup("a");
    const question = await next(0);
    const answers = [first, ...["b", "c", "b"].map((key) => lookup(key))];
    question.answer(upper(["a"]));
    assert.equal(await answers[0], "A");
    const second = await next(1);
    assert.deepEqual(second.keys, ["b", "c"]);
    second.answer(upper(["b"]));
    assert.deepEqual(await Promise.all(answers), ["A", "B", null, "B"]);
  });

  test("no answer is older than its asker: the same key is asked again", async () => {
    const { next, lookup } = desk();
    const before = lookup("a");
    const question = await next(0);
    const after = lookup("a");
    question.answer(upper(["a"]));
    await before;
    (await next(1)).answer(new Map());
    assert.equal(await after, null, "revoked meanwhile");
  });

  test("a question that fails fails for those who wait for it, and for nobody else", async () => {
    const { next, lookup } = desk();
    const first = lookup("a");
    const question = await next(0);
    const second = lookup("b");
    question.fail();
    await assert.rejects(first, /gone/);
    (await next(1)).answer(upper(["b"]));
    assert.equal(await second, "B");
  });

  test("a question that is never answered holds up nobody but those who wait for it", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { asked, next, lookup } = desk();
    void lookup("a");
    await next(0);
    const second = lookup("b");
    t.mock.timers.tick(250);
    (await next(1)).answer(upper(["b"]));
    assert.equal(await second, "B");
    const third = lookup("c");
    (await next(2)).answer(upper(["c"]));
    assert.equal(await third, "C");
    asked[0]?.answer(new Map());
  });
});
