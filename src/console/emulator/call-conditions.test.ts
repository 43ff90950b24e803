import assert from "node:assert/strict";
import { test } from "node:test";
import { LATE_MS, calm, underConditions } from "./call-conditions.ts";

const answered = { result: { content: [], isError: undefined, _meta: undefined }, requestId: "r-1", ms: 5 };
const never = new AbortController().signal;
const forbidden = () => assert.fail("the server was asked");

test("when nothing is to go wrong, the call's own end is the end", async () => {
  assert.equal(await underConditions(calm, never, () => Promise.resolve(answered)), answered);
  await assert.rejects(
    underConditions(calm, never, () => Promise.reject(new Error("broken"))),
    /broken/,
  );
});

test("a call that is to fail or to be denied never reaches the server", async () => {
  const failed = await underConditions({ ...calm, ending: "failed" }, never, forbidden);
  assert.equal(failed.result.isError, true);
  assert.equal(failed.requestId, null);
  await assert.rejects(underConditions({ ...calm, ending: "denied" }, never, forbidden), /did not allow/);
});

test("a late answer is late, whatever it is", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  for (const ending of ["answered", "failed", "denied"] as const) {
    let over = false;
    const work = underConditions({ ...calm, ending, late: true }, never, () => Promise.resolve(answered));
    const settled = work.then(
      () => (over = true),
      () => (over = true),
    );
    // Every promise that can be settled without the clock is.
    await new Promise((resolve) => setImmediate(resolve));
    t.mock.timers.tick(LATE_MS - 1);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(over, false, ending);
    t.mock.timers.tick(1);
    await settled;
  }
});

test("a call without an answer ends when it is stopped, and so does one under way", async () => {
  for (const conditions of [{ ...calm, ending: "silent" as const }, calm]) {
    const stopper = new AbortController();
    const work = underConditions(conditions, stopper.signal, () => new Promise(() => {}));
    stopper.abort();
    await assert.rejects(work, { name: "AbortError" });
    await assert.rejects(
      underConditions(conditions, stopper.signal, () => new Promise(() => {})),
      { name: "AbortError" },
    );
  }
});
