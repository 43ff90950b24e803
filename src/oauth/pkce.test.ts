import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../kernel/errors.ts";
import { requireChallenge, verifyChallenge } from "./pkce.ts";

/** RFC 7636, appendix B. */
const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const code = (expected: string) => (error: unknown) => error instanceof AppError && error.code === expected;

test("the example of RFC 7636 verifies", () => {
  assert.equal(requireChallenge(CHALLENGE, "S256"), CHALLENGE);
  assert.doesNotThrow(() => verifyChallenge(VERIFIER, CHALLENGE));
});

test("no challenge, no method, plain and a malformed challenge are refused", () => {
  assert.throws(() => requireChallenge(undefined, "S256"), code("invalid_request"));
  for (const method of [undefined, "plain", "s256"]) {
    assert.throws(() => requireChallenge(CHALLENGE, method), code("invalid_request"));
  }
  for (const challenge of ["short", `${CHALLENGE}=`, `${CHALLENGE.slice(1)}+`]) {
    assert.throws(() => requireChallenge(challenge, "S256"), code("invalid_request"));
  }
});

test("a client that may go without a challenge sends none at all, or a right one", () => {
  assert.equal(requireChallenge(undefined, undefined, true), null);
  assert.equal(requireChallenge(CHALLENGE, "S256", true), CHALLENGE);
  assert.throws(() => requireChallenge(undefined, "S256", true), code("invalid_request"));
  assert.throws(() => requireChallenge(CHALLENGE, undefined, true), code("invalid_request"));
});

test("a code without a challenge takes no verifier", () => {
  assert.doesNotThrow(() => verifyChallenge(undefined, null));
  assert.throws(() => verifyChallenge(VERIFIER, null), code("invalid_grant"));
});

test("missing-PKCE-verifier: a missing, malformed or other verifier proves nothing", () => {
  for (const verifier of [undefined, "", "short", CHALLENGE, `${VERIFIER} `, "x".repeat(129)]) {
    assert.throws(() => verifyChallenge(verifier, CHALLENGE), code("invalid_grant"));
  }
});
