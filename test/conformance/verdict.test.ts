import assert from "node:assert/strict";
import { test } from "node:test";
import { type Check, type NotYet, judge, judgeAll } from "./verdict.ts";

const check = (id: string, status: Check["status"], rest: Partial<Check> = {}): Check => ({ id, status, ...rest });
const held = check("held", "SUCCESS");
const broken = check("broken", "FAILURE", { errorMessage: "no image" });
const wire = check("wire-schema-valid", "SUCCESS");
const excuse: NotYet = { reason: "No images." };

const verdictOf = (checks: readonly Check[] | undefined, entry?: NotYet) =>
  judge({ scenario: "images", era: "2026-07-28", checks }, entry);

test("a scenario that is not listed must pass", () => {
  assert.deepEqual(verdictOf([held, wire]), { scenario: "images", era: "2026-07-28", kind: "passed", notes: [] });
  assert.deepEqual(verdictOf([held, broken]).notes, ["broken: no image"]);
  assert.equal(verdictOf([held, broken]).kind, "failed");
});

test("a scenario that did not run has failed, listed or not", () => {
  assert.equal(verdictOf(undefined).kind, "failed");
  assert.equal(verdictOf(undefined, excuse).kind, "failed");
});

test("a scenario that tested nothing has not passed", () => {
  const refusedForItsName = check("refuses", "SUCCESS", { details: { error: "There is no tool named test_image." } });
  for (const checks of [[], [wire], [check("skipped", "SKIPPED")], [check("hint", "WARNING")], [refusedForItsName]]) {
    assert.equal(verdictOf(checks).kind, "failed");
    assert.equal(verdictOf(checks, excuse).kind, "not yet");
  }
});

test("a listed scenario fails, and says why; once it passes it must leave the list", () => {
  assert.deepEqual(verdictOf([broken, wire], excuse).notes, ["No images."]);
  assert.equal(verdictOf([broken, wire], excuse).kind, "not yet");
  assert.deepEqual(verdictOf([held, wire], excuse).notes, ["passes now: take it out of the list"]);
  assert.equal(verdictOf([held, wire], excuse).kind, "failed");
});

test("checks that are listed one by one excuse no other, and each must still fail", () => {
  const part = { ...excuse, checks: ["broken"] };
  assert.equal(verdictOf([held, broken], part).kind, "not yet");
  assert.deepEqual(verdictOf([held, broken, check("other", "FAILURE")], part).notes, ["other"]);
  assert.deepEqual(verdictOf([held], part).notes, ["broken does not fail any more: take it out of the list"]);
});

test("nothing excuses a malformed message or an answer that never comes", () => {
  for (const id of ["wire-schema-valid", "scenario-timeout"])
    assert.equal(verdictOf([broken, check(id, "FAILURE")], excuse).kind, "failed", id);
});

test("what the suite warns of is told and does not fail", () => {
  const verdict = verdictOf([held, check("slow", "WARNING", { errorMessage: "rather late" })]);
  assert.equal(verdict.kind, "passed");
  assert.deepEqual(verdict.notes, ["warning: slow: rather late"]);
});

test("each era has a list of its own, and what the suite does not hold may not be listed", () => {
  const outcomes = [
    { scenario: "images", era: "2025-11-25", checks: [held] },
    { scenario: "images", era: "2026-07-28", checks: [broken] },
  ] as const;
  const verdicts = judgeAll(outcomes, { "2025-11-25": { imagse: excuse }, "2026-07-28": { images: excuse } });
  assert.deepEqual(
    verdicts.map(({ scenario, era, kind }) => `${scenario} ${era} ${kind}`),
    ["images 2025-11-25 passed", "images 2026-07-28 not yet", "imagse 2025-11-25 failed"],
  );
});
