import assert from "node:assert/strict";
import { test } from "node:test";
import { uuidv7 } from "../kernel/ids.ts";
import { createRefreshTokens } from "./refresh-token.ts";

const tokens = createRefreshTokens("one secret");
const claims = { grantId: uuidv7(new Date()), counter: 4_000_000_000 };

test("a token says which grant it is of and the how-manieth it is, and always reads the same", () => {
  const token = tokens.write(claims);
  assert.match(token, /^rt_[\w-]{60}$/);
  assert.deepEqual(tokens.read(token), claims);
  assert.equal(tokens.write(claims), token);
});

test("a change of any one character makes it no token", () => {
  const token = tokens.write(claims);
  for (let index = 0; index < token.length; index++) {
    const other = token[index] === "A" ? "B" : "A";
    assert.equal(tokens.read(token.slice(0, index) + other + token.slice(index + 1)), null, `at ${index}`);
  }
  for (const garbage of ["", "rt_", token.slice(0, -1), `${token}A`, ` ${token}`, "rt_" + "A".repeat(60)]) {
    assert.equal(tokens.read(garbage), null);
  }
});

test("another master secret makes other tokens", () => {
  assert.equal(createRefreshTokens("another secret").read(tokens.write(claims)), null);
});
