import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../kernel/errors.ts";
import { allScopes, effectiveScopes, type Scope } from "../kernel/scopes.ts";
import { heldNow, narrowedScopes, permissionsOf } from "./narrow.ts";

test("a link is shown permission by permission", () => {
  assert.deepEqual(permissionsOf(["mcp:invoke", "profile", "offline_access"]), ["read", "write", "profile"]);
  assert.deepEqual(permissionsOf(["offline_access"]), []);
});

test("what the person keeps is left, and staying linked stays", () => {
  assert.deepEqual(narrowedScopes(["read", "write", "offline_access"], ["read"]), ["read", "offline_access"]);
  assert.deepEqual(narrowedScopes(["read", "write"], ["read", "write"]), ["read", "write"]);
});

test("a scope that stands for others is taken apart once one of them goes, and stays while none does", () => {
  assert.deepEqual(narrowedScopes(["mcp:invoke", "profile"], ["read", "profile"]), ["profile", "read"]);
  assert.deepEqual(narrowedScopes(["mcp:invoke", "profile"], ["read", "write"]), ["mcp:invoke"]);
  assert.deepEqual(narrowedScopes(["mcp:invoke", "profile"], ["mcp:invoke"]), ["mcp:invoke"]);
});

test("a link is never widened, never emptied, and no unknown name passes", () => {
  const held: readonly Scope[] = ["read", "offline_access"];
  for (const kept of [["write"], ["read", "write"], ["mcp:invoke"], [], ["offline_access"], ["admin"], ["__proto__"]]) {
    assert.throws(
      () => narrowedScopes(held, kept),
      (error) => error instanceof AppError && error.code === "invalid_input",
      kept.join(" "),
    );
  }
});

test("whatever is kept of whatever was held, nothing is gained", () => {
  const subsets = (scopes: readonly Scope[]): Scope[][] =>
    scopes.reduce<Scope[][]>((sets, scope) => [...sets, ...sets.map((set) => [...set, scope])], [[]]);
  for (const held of subsets(allScopes)) {
    for (const kept of subsets(permissionsOf(held)).filter((set) => set.length > 0)) {
      const left = effectiveScopes(narrowedScopes(held, kept));
      assert.ok([...left].every((scope) => effectiveScopes(held).has(scope)));
      assert.deepEqual(new Set(permissionsOf([...left])), new Set(kept));
    }
  }
});

test("a token from before says no more than the link still holds", () => {
  assert.deepEqual(heldNow(["mcp:invoke"], ["read"]), new Set(["read"]));
  assert.deepEqual(heldNow(["read"], ["mcp:invoke"]), new Set(["read"]));
  assert.deepEqual(heldNow(["write"], ["read"]), new Set());
});
