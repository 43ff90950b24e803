import assert from "node:assert/strict";
import { test } from "node:test";
import { bearerChallenge, readBearer } from "./bearer.ts";

const asking = (authorization: string): Request => new Request("http://localhost/mcp", { headers: { authorization } });

test("a bearer is read from the Authorization header, whatever the case of its scheme", () => {
  assert.equal(readBearer(asking("Bearer abc.def")), "abc.def");
  assert.equal(readBearer(asking("bearer abc.def")), "abc.def");
});

test("another scheme, an empty bearer, two tokens and a token in the address are no bearer", () => {
  for (const header of ["Basic abc", "Bearer", "Bearer ", "Bearer a b", "Bearer a, Bearer b", "abc"]) {
    assert.equal(readBearer(asking(header)), null, header);
  }
  assert.equal(readBearer(new Request("http://localhost/mcp?access_token=abc")), null);
});

test("a request without a token is challenged without an error", () => {
  assert.equal(
    bearerChallenge({ resourceMetadata: "https://b.example/.well-known/oauth-protected-resource/mcp" }),
    'Bearer resource_metadata="https://b.example/.well-known/oauth-protected-resource/mcp"',
  );
});

test("a challenge names scope, error and description, and nothing breaks out of its quotes", () => {
  const value = bearerChallenge({
    resourceMetadata: "https://b.example/prm",
    scope: "read write",
    error: "insufficient_scope",
    errorDescription: 'Needs "write"\\ ✓\r\nx: y',
  });
  assert.equal(
    value,
    'Bearer resource_metadata="https://b.example/prm", scope="read write", error="insufficient_scope", error_description="Needs \'write\'? ???x: y"',
  );
});
