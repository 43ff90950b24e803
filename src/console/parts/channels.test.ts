import assert from "node:assert/strict";
import { test } from "node:test";
import { askedThrough } from "./channels.ts";

test("through what a call came is said only where it says more than who asked", () => {
  assert.equal(askedThrough({ clientName: "Desk", channel: "claude" }), "Claude");
  assert.equal(askedThrough({ clientName: "Claude", channel: "claude" }), null, "the same name twice");
  assert.equal(askedThrough({ clientName: "Claude Desk", channel: "mcp" }), null, "any program speaks the protocol");
});
