import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../kernel/errors.ts";
import { parseScopes, type Scope } from "../kernel/scopes.ts";
import { decideScopes, narrowScopes, type ScopeHolder } from "./scope-decision.ts";

const anyClient: ScopeHolder = { kind: "dynamic", internal: false, scopes: null };
const registeredFor = (scope: string): ScopeHolder => ({
  kind: "dynamic",
  internal: false,
  scopes: parseScopes(scope).known,
});
const granted = (requested: string | undefined, client = anyClient) =>
  decideScopes(requested, client).granted.join(" ");
const refused = (error: unknown): boolean => error instanceof AppError && error.code === "invalid_scope";

test("no scope, an empty one and offline_access alone mean the defaults", () => {
  assert.equal(granted(undefined), "read write profile");
  assert.equal(granted(""), "read write profile");
  assert.equal(granted("  "), "read write profile");
  assert.equal(granted("offline_access"), "read write profile offline_access");
});

test("what is unknown or not for this client is dropped and named, and the rest stands", () => {
  assert.deepEqual(decideScopes("read openid privy:token:exchange read", anyClient), {
    granted: ["read"],
    dropped: ["privy:token:exchange", "openid"],
  });
});

test("the exchange of upstream tokens is for the company's own service, and no other client of an operator", () => {
  const asked = "read privy:token:exchange";
  assert.equal(granted(asked, { kind: "operator", internal: true, scopes: null }), asked);
  assert.equal(granted(asked, { kind: "operator", internal: false, scopes: null }), "read");
  for (const kind of ["dynamic", "document", "preset"] as const)
    assert.equal(granted(asked, { kind, internal: true, scopes: null }), "read");
});

test("a registered scope bounds later requests, with what it implies; offline_access is honoured always", () => {
  assert.equal(granted("read write profile", registeredFor("mcp:invoke")), "read write");
  assert.equal(granted("mcp:invoke", registeredFor("mcp:invoke")), "mcp:invoke");
  assert.equal(granted("read offline_access", registeredFor("read")), "read offline_access");
  assert.equal(granted(undefined, registeredFor("read")), "read");
});

test("a request of which nothing is left is refused", () => {
  assert.throws(() => decideScopes("openid email", anyClient), refused);
  assert.throws(() => decideScopes("openid offline_access", anyClient), refused);
  assert.throws(() => decideScopes("write", registeredFor("read")), refused);
  assert.throws(() => decideScopes("constructor __proto__", anyClient), refused);
});

test("a refresh narrows and never widens", () => {
  const held: Scope[] = ["mcp:invoke", "profile"];
  assert.deepEqual(narrowScopes(undefined, held), held);
  assert.deepEqual(narrowScopes("", held), held);
  assert.deepEqual(narrowScopes("read", held), ["read"]);
  assert.throws(() => narrowScopes("read wallet:read", held), refused);
  assert.throws(() => narrowScopes("read openid", held), refused);
});
