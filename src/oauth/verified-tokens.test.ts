import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import type { AccessClaims } from "./access-token.ts";
import { rememberVerified } from "./verified-tokens.ts";

/** Verifies `ok-...` and counts how often it was asked. */
function setUp(capacity?: number) {
  let seconds = 0;
  const asked: string[] = [];
  const claims: AccessClaims = {
    userId: "u",
    clientId: "c",
    grantId: "g",
    scopes: ["read"],
    audience: "https://bellhop.example",
    expiresAt: 100,
    kid: "k1",
  };
  const standing = new Set(["k1"]);
  const { publicKey } = generateKeyPairSync("ed25519");
  const keys = { find: async (kid: string) => (standing.has(kid) ? publicKey : null) };
  const tokens = {
    read: async (token: string) => {
      asked.push(token);
      return token.startsWith("ok-") && seconds < 100 ? claims : null;
    },
  };
  const verified = rememberVerified(tokens, keys, () => new Date(seconds * 1000), capacity);
  return { verified, asked, retire: () => standing.clear(), wait: (by: number) => void (seconds += by) };
}

test("a verified token is verified once, until it ends", async () => {
  const { verified, asked, wait } = setUp();
  await verified.read("ok-1");
  assert.equal((await verified.read("ok-1"))?.userId, "u");
  assert.deepEqual(asked, ["ok-1"]);
  wait(100);
  assert.equal(await verified.read("ok-1"), null);
});

test("a remembered token is verified anew once its key has ended", async () => {
  const { verified, asked, retire } = setUp();
  await verified.read("ok-1");
  retire();
  await verified.read("ok-1");
  assert.deepEqual(asked, ["ok-1", "ok-1"]);
});

test("a refused token is not remembered", async () => {
  const { verified, asked } = setUp();
  assert.equal(await verified.read("bad"), null);
  assert.equal(await verified.read("bad"), null);
  assert.equal(asked.length, 2);
});

test("it holds no more than its capacity, and lets the oldest go", async () => {
  const { verified, asked } = setUp(2);
  for (const token of ["ok-1", "ok-2", "ok-3", "ok-3", "ok-2", "ok-1"]) await verified.read(token);
  assert.deepEqual(asked, ["ok-1", "ok-2", "ok-3", "ok-1"]);
});

test("only what was verified before is known again, and only as long as it stands", async () => {
  for (const ends of ["its key", "its time"]) {
    const { verified, asked, retire, wait } = setUp();
    assert.equal(await verified.remembered("ok-1"), null);
    assert.deepEqual(asked, [], "nothing is tried");
    await verified.read("ok-1");
    assert.equal((await verified.remembered("ok-1"))?.userId, "u");
    assert.equal(await verified.remembered("ok-2"), null);
    if (ends === "its key") retire();
    else wait(100);
    assert.equal(await verified.remembered("ok-1"), null, ends);
  }
});
