import assert from "node:assert/strict";
import { test } from "node:test";
import { dayOfMoment, lastMomentOf } from "./last-moment.ts";

test("an end that is set for a day comes with the end of that day, and reads as that day again", () => {
  const end = lastMomentOf("2027-02-28");
  assert.equal(new Date(end ?? "").getHours(), 23);
  assert.equal(dayOfMoment(end ?? ""), "2027-02-28");
});

test("what is no day sets no end", () => {
  for (const text of ["", "2027-02-30", "2027-13-01", "tomorrow", "2027-2-3"])
    assert.equal(lastMomentOf(text), null, text);
});
