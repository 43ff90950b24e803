import assert from "node:assert/strict";
import { test } from "node:test";
import { capNote, mayState, statedAssets } from "./stated-assets.ts";

const read = { effect: "read" } as const;
const pay = { effect: "money" } as const;
const swap = { effect: "money", spends: ["SOL", "USDC"] } as const;

test("a cap on what no tool states says so; one in US dollars always counts", () => {
  const stated = statedAssets([read, swap]);
  for (const asset of ["usd", "USD", "sol", "USDC"]) assert.equal(capNote(asset, stated), null, asset);
  assert.match(
    capNote("BONK", stated) ?? "",
    /^No tool of this server says what it spends in BONK, so this limit stops/,
  );
  assert.match(capNote("SOL", statedAssets([read])) ?? "", /stops nothing/, "where nothing is spent, nothing counts");
  assert.equal(capNote("usd", statedAssets([])), null);
});

test("where a tool may state any asset, nothing is said of a cap that may count", () => {
  assert.equal(statedAssets([swap, pay]), null);
  assert.equal(capNote("BONK", null), null);
});

test("a tool states what it declares, and its worth in US dollars; only one that moves money may leave that open", () => {
  assert.ok(mayState(swap, "sol") && mayState(swap, "usd") && !mayState(swap, "BONK"));
  assert.ok(mayState(pay, "BONK"));
  assert.ok(!mayState(read, "usd") && !mayState({ effect: "write" }, "SOL"));
});
