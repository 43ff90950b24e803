import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError, asAppError, errorTable } from "./errors.ts";
import { isUuid, lowestIdAt, timeOfId, uuidv7 } from "./ids.ts";
import { allScopes, defaultScopes, effectiveScopes, parseScopes, scopeTable } from "./scopes.ts";
import { createSealer } from "./seal.ts";

test("every error has a status of its family, a next step, and a sentence of its own", () => {
  for (const [code, row] of Object.entries(errorTable)) {
    assert.match(code, /^[a-z_]+$/);
    assert.ok(row.http >= 400 && row.http < 600, code);
    assert.match(row.next, /^[A-Z].*\.$/, code);
    // The one conflict that passes by itself: the same call is under way.
    const passes = row.http >= 500 || row.http === 429 || code === "operation_running";
    assert.ok(passes || !row.retryable, `${code} is the caller's fault, so repeating it helps nobody`);
  }
});

test("what was not foreseen keeps its cause to itself", () => {
  const error = asAppError(new Error("password=hunter2"));
  assert.equal(error.code, "internal");
  assert.doesNotMatch(`${error.message} ${error.next} ${JSON.stringify(error.details)}`, /hunter2/);
  const known = new AppError("not_found", "There is no such thing.");
  assert.equal(asAppError(known), known);
});

test("scopes: the published names, what they imply, and what nothing means", () => {
  assert.deepEqual(
    new Set(allScopes),
    new Set(["mcp:invoke", "wallet:read", "profile", "read", "write", "privy:token:exchange", "offline_access"]),
  );
  assert.deepEqual([...effectiveScopes(["mcp:invoke"])].toSorted(), ["mcp:invoke", "read", "write"]);
  assert.deepEqual(defaultScopes, ["read", "write", "profile"]);
  assert.deepEqual(parseScopes(" read  read openid write"), { known: ["read", "write"], unknown: ["openid"] });
  assert.equal(scopeTable["privy:token:exchange"].holder, "operator-made");
  assert.equal(scopeTable["privy:token:exchange"].advertised, false);
});

test("ids sort by time, and only a UUID is one", () => {
  const earlier = uuidv7(new Date("2026-11-21T10:00:00.000Z"));
  const later = uuidv7(new Date("2026-11-21T10:00:00.001Z"));
  assert.ok(earlier < later);
  assert.match(earlier, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/);
  assert.deepEqual(timeOfId(later), new Date("2026-11-21T10:00:00.001Z"));
  assert.ok(earlier < lowestIdAt(timeOfId(later)) && lowestIdAt(timeOfId(later)) <= later);
  assert.equal(isUuid(earlier), true);
  for (const foreign of ["", "1", `${earlier} `, earlier.toUpperCase(), "'; drop table users; --"])
    assert.equal(isUuid(foreign), false);
});

test("a sealed value opens only with its secret, its purpose and its owner, unaltered", () => {
  const sealer = createSealer("a master secret of enough characters", "test");
  const sealed = sealer.seal("the key", "row-1");
  assert.equal(sealer.open(sealed, "row-1"), "the key");
  assert.notDeepEqual(sealer.seal("the key", "row-1"), sealed, "two seals of one value differ");
  assert.throws(() => sealer.open(sealed, "row-2"));
  assert.throws(() => createSealer("another master secret of that size", "test").open(sealed, "row-1"));
  assert.throws(() => createSealer("a master secret of enough characters", "other").open(sealed, "row-1"));
  sealed.writeUInt8(sealed.readUInt8(sealed.length - 1) ^ 1, sealed.length - 1);
  assert.throws(() => sealer.open(sealed, "row-1"));
});
