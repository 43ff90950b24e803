import assert from "node:assert/strict";
import { test } from "node:test";
import { createStreamPlaces } from "./stream-places.ts";

test("the newest stream of a person takes the place of their oldest, and nobody else's", () => {
  const places = createStreamPlaces(2);
  const bens = places.take("ben");
  const [first, second, third] = [places.take("ana"), places.take("ana"), places.take("ana")];
  assert.deepEqual(
    [first, second, third, bens].map(({ taken }) => taken.aborted),
    [true, false, false, false],
  );
});

test("a place that was left is free again, and leaving twice frees one place", () => {
  const places = createStreamPlaces(2);
  const [first, second] = [places.take("ana"), places.take("ana")];
  first.leave();
  first.leave();
  const third = places.take("ana");
  assert.equal(second.taken.aborted, false);
  places.take("ana");
  assert.equal(second.taken.aborted, true);
  second.leave();
  assert.equal(third.taken.aborted, false);
});

test("who left all places and comes back has all of them", () => {
  const places = createStreamPlaces(1);
  const first = places.take("ana");
  first.leave();
  const again = places.take("ana");
  first.leave();
  const newest = places.take("ana");
  assert.deepEqual([again.taken.aborted, newest.taken.aborted], [true, false]);
});
