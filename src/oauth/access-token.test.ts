import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { decodeJwt, type JWTPayload, SignJWT } from "jose";
import { after } from "../kernel/clock.ts";
import { uuidv7 } from "../kernel/ids.ts";
import { ACCESS_TOKEN_SECONDS, createAccessTokens } from "./access-token.ts";
import type { Grant } from "./records/grants.ts";
import { createResources } from "./resource.ts";

const BASE = "https://bellhop.example";
const START = new Date("2026-11-20T10:00:00Z");
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

const grant: Grant = {
  id: uuidv7(START),
  userId: uuidv7(START),
  clientId: "client_1",
  scopes: ["read", "write"],
  resource: BASE,
  redirectUri: "https://app.example/cb",
  channel: "mcp",
  refreshCounter: 0,
  createdAt: START,
  lastUsedAt: START,
  agreedScopes: null,
  firstCalledAt: null,
};

function setUp() {
  let now = START;
  const keys = {
    active: async () => ({ kid: "k1", privateKey }),
    find: async (kid: string) => (kid === "k1" ? publicKey : null),
    published: async () => ({ keys: [] }),
  };
  const tokens = createAccessTokens({ keys, resources: createResources(BASE), baseUrl: BASE, clock: () => now });
  return { tokens, wait: (seconds: number) => void (now = after(now, seconds)) };
}

/** A token by our own key that differs in one thing. */
const signed = (claims: JWTPayload, header: { typ?: string; kid?: string } = {}) =>
  new SignJWT(claims).setProtectedHeader({ alg: "RS256", typ: "at+jwt", kid: "k1", ...header }).sign(privateKey);

test("what is written reads back, for an hour", async () => {
  const { tokens, wait } = setUp();
  const audience = `${BASE}/mcp`;
  const token = await tokens.write(grant, ["read"], audience);
  const expiresAt = START.getTime() / 1000 + ACCESS_TOKEN_SECONDS;
  const claims = {
    userId: grant.userId,
    clientId: "client_1",
    grantId: grant.id,
    scopes: ["read"],
    audience,
    expiresAt,
    kid: "k1",
  };
  assert.deepEqual(await tokens.read(token), claims);
  wait(ACCESS_TOKEN_SECONDS);
  assert.equal(await tokens.read(token), null);
});

test("two tokens of one moment differ", async () => {
  const { tokens } = setUp();
  const [one, two] = [await tokens.write(grant, ["read"], BASE), await tokens.write(grant, ["read"], BASE)];
  assert.notEqual(decodeJwt(one).jti, decodeJwt(two).jti);
});

test("our own signature under another type, issuer, audience or shape is no access token", async () => {
  const { tokens } = setUp();
  const claims = decodeJwt(await tokens.write(grant, ["read"], BASE));
  assert.notEqual(await tokens.read(await signed(claims)), null, "unchanged, it is one");
  const { exp: _exp, ...endless } = claims;
  const others = [
    signed(claims, { typ: "JWT" }),
    signed(claims, { kid: "k2" }),
    signed({ ...claims, iss: `${BASE}/` }),
    signed({ ...claims, aud: "https://other.example" }),
    signed({ ...claims, aud: `${BASE}/api` }),
    signed({ ...claims, sub: "did:privy:someone" }),
    signed({ ...claims, gid: "not-a-grant" }),
    signed({ ...claims, scope: ["read"] }),
    signed(endless),
  ];
  for (const token of await Promise.all(others)) assert.equal(await tokens.read(token), null);
});

test("a database that fails is no refusal", async () => {
  const broken = {
    active: async () => ({ kid: "k1", privateKey }),
    find: () => Promise.reject(new Error("gone")),
    published: async () => ({ keys: [] }),
  };
  const tokens = createAccessTokens({
    keys: broken,
    resources: createResources(BASE),
    baseUrl: BASE,
    clock: () => START,
  });
  await assert.rejects(tokens.read(await signed({ sub: "x" })), /gone/);
});
