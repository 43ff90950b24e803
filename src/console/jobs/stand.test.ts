import assert from "node:assert/strict";
import { test } from "node:test";
import { standOf } from "./stand.ts";

const unknown = { code: "outcome_unknown", message: "It may have happened.", next: "Wait." };
const other = { code: "timeout", message: "It took too long.", next: "Try again." };

test("that nobody can say how it ended is told apart from a failure", () => {
  for (const status of ["queued", "running", "failed", "expired"] as const)
    assert.equal(standOf({ status, error: unknown }), "unknown", status);
  assert.equal(standOf({ status: "failed", error: other }), "failed");
  assert.equal(standOf({ status: "queued", error: other }), "queued");
});

test("what is proven is not unknown any more", () => {
  for (const status of ["completed", "cancelled"] as const) assert.equal(standOf({ status, error: unknown }), status);
});
