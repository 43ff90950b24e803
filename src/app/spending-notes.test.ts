import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cap } from "../kernel/caps.ts";
import type { ToolFacts } from "../kernel/tool.ts";
import { idleCaps } from "./spending-notes.ts";

const cap = (asset: string): Cap => ({ asset, perTransaction: "5", rolling: null });
const swap: ToolFacts = {
  name: "swap",
  title: "Swap",
  description: "Swaps.",
  effect: "money",
  destructive: true,
  idempotent: false,
  openWorld: true,
  scopes: [],
  audience: "assistant",
  examples: [],
  spends: ["SOL"],
};

test("an operator is told once of each cap of theirs that stops nothing, and of no other", () => {
  const { spends: _left, ...any } = swap;
  assert.deepEqual(idleCaps([cap("usd"), cap("sol")], [swap]), []);
  const [told, ...more] = idleCaps([cap("usd"), cap("BONK"), cap("SOL")], [swap]);
  assert.deepEqual(more, []);
  assert.match(told ?? "", /^BELLHOP_SPEND_CAPS: .* in BONK, so this limit stops nothing/);
  assert.deepEqual(idleCaps([cap("BONK")], [any]), [], "where a tool may state any asset it may count");
});
