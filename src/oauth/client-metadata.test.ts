import assert from "node:assert/strict";
import { test } from "node:test";
import { displayName } from "./client-metadata.ts";

test("a client's name is shown plain, short and on one line", () => {
  assert.equal(displayName("  Claude\tCode\n"), "Claude Code");
  assert.equal(displayName("Caf\u00e9 \u6771\u4eac \u{1f511}"), "Caf\u00e9 \u6771\u4eac \u{1f511}");
  assert.equal(Array.from(displayName("\u{1f511}".repeat(100))).length, 80);
});

test("a name cannot turn the text around it, hide characters or be empty", () => {
  assert.equal(displayName("Good\u202eelbatsurtnu\u2066\u0000\u200b!"), "Good elbatsurtnu !");
  for (const name of [undefined, "", " \u200b\u202e ", "\u0007"]) assert.equal(displayName(name), "Unnamed client");
});
