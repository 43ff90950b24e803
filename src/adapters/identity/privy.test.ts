import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { test, type TestContext } from "node:test";
import { inspect } from "node:util";
import { identityContract, type IdentityCase } from "../../../test/identity-contract.ts";
import { AppError } from "../../kernel/errors.ts";
import type { IdentityProvider, Proof } from "../../kernel/ports/identity.ts";
import { createPrivyIdentity } from "./privy.ts";

const APP = "clpispdty00ycl80fpueukbhl";
const NOW = new Date("2026-11-20T08:00:00Z");
const SECONDS = NOW.getTime() / 1000;

type Claims = Record<string, unknown>;

const ours = await generateKeyPair("ES256", { extractable: true });
const foreign = await generateKeyPair("ES256");
const pem = await exportSPKI(ours.publicKey);

const claims = (changes: Claims = {}): Claims => ({
  sid: "session-1",
  sub: "did:privy:cm3np4u9j0",
  iss: "privy.io",
  aud: APP,
  iat: SECONDS - 60,
  exp: SECONDS + 3540,
  ...changes,
});

interface Signing {
  readonly key?: CryptoKey;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** A token in Privy's format (docs.privy.io, "Mock JWT"). */
const signed = async (changes: Claims = {}, { key = ours.privateKey, header = {} }: Signing = {}): Promise<Proof> => ({
  token: await new SignJWT(claims(changes)).setProtectedHeader({ alg: "ES256", typ: "JWT", ...header }).sign(key),
});

/** The public key's text as an HMAC secret: the classic confusion of algorithms (RFC 8725 §2.1). */
const confused = async (): Promise<Proof> => ({
  token: await new SignJWT(claims())
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .sign(new TextEncoder().encode(pem)),
});

/** A token whose claims were changed after signing. */
async function altered(): Promise<Proof> {
  const proof = await signed();
  const [header, , signature] = "token" in proof ? proof.token.split(".") : [];
  const body = Buffer.from(JSON.stringify(claims({ sub: "did:privy:someone-else" }))).toString("base64url");
  return { token: [header, body, signature].join(".") };
}

const without = (name: string): Claims => ({ [name]: undefined });

const contractCase = (provider: IdentityProvider): IdentityCase => ({
  provider,
  now: NOW,
  refusal: "invalid_token",
  valid: async () => ({ proof: await signed(), issuer: "privy.io", subject: "did:privy:cm3np4u9j0" }),
  fromText: (token) => ({ token }),
  wrong: {
    "expired a second ago": () => signed({ exp: SECONDS - 1 }),
    "expires now": () => signed({ exp: SECONDS }),
    "not valid yet": () => signed({ nbf: SECONDS + 60 }),
    "for another app": () => signed({ aud: "another-app" }),
    "for nobody": () => signed(without("aud")),
    "from another issuer": () => signed({ iss: "https://privy.io" }),
    "from nobody": () => signed(without("iss")),
    "without an end": () => signed(without("exp")),
    "without a subject": () => signed(without("sub")),
    "an empty subject": () => signed({ sub: "" }),
    "a subject with a NUL": () => signed({ sub: "did:privy:a\0b" }),
    "a subject that is a number": () => signed({ sub: 7 }),
    "a subject of a megabyte": () => signed({ sub: "s".repeat(1_000_000) }),
    "signed with a foreign key": () => signed({}, { key: foreign.privateKey }),
    "of another type": () => signed({}, { header: { typ: "at+jwt" } }),
    "of no type": () => signed({}, { header: { typ: undefined } }),
    "altered after signing": altered,
    "not signed (alg none)": async () => ({ token: new UnsecuredJWT(claims()).encode() }),
    "signed with the public key as a secret (HS256)": confused,
  },
});

test("Privy by the app's verification key", (t) =>
  identityContract(t, contractCase(createPrivyIdentity({ appId: APP, verificationKey: pem }))));

/** Serves a key set on loopback; `answer` may be changed while it runs. */
async function serveKeys(
  t: TestContext,
): Promise<{ url: string; asked: number; answer: { status: number; body: string } }> {
  const jwk = { ...(await exportJWK(ours.publicKey)), kid: "key-1", alg: "ES256", use: "sig" };
  const state = { url: "", asked: 0, answer: { status: 200, body: JSON.stringify({ keys: [jwk] }) } };
  const server = createServer((_request, response) => {
    state.asked += 1;
    response.writeHead(state.answer.status, { "content-type": "application/json" }).end(state.answer.body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const address = server.address();
  state.url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/jwks.json`;
  return state;
}

const byKeys = (jwksUrl: string): IdentityProvider =>
  createPrivyIdentity({ appId: APP, verificationKey: undefined, jwksUrl });

test("Privy by the app's published keys", async (t) => {
  const keys = await serveKeys(t);
  await identityContract(t, contractCase(byKeys(keys.url)));
  assert.equal(keys.asked, 1, "the keys are kept");
});

test("the published keys are not asked for by a token that could never be valid", async (t) => {
  const keys = await serveKeys(t);
  await assert.rejects(byKeys(keys.url).verify(await confused(), NOW), AppError);
  await assert.rejects(byKeys(keys.url).verify({ token: "garbage" }, NOW), AppError);
  assert.equal(keys.asked, 0);
});

test("a token that names a key that is not published is refused", async (t) => {
  const keys = await serveKeys(t);
  const proof = await signed({}, { header: { kid: "key-2" } });
  await assert.rejects(
    byKeys(keys.url).verify(proof, NOW),
    (error) => error instanceof AppError && error.code === "invalid_token",
  );
});

test("published keys that cannot be had are no verdict on the token", async (t) => {
  const keys = await serveKeys(t);
  const provider = byKeys(keys.url);
  const isUnavailable = (error: unknown): boolean => error instanceof AppError && error.code === "unavailable";
  for (const answer of [
    { status: 500, body: "{}" },
    { status: 200, body: "not JSON" },
    { status: 200, body: '{"keys":"none"}' },
  ]) {
    keys.answer = answer;
    await assert.rejects(provider.verify(await signed(), NOW), isUnavailable);
  }
  await assert.rejects(byKeys("http://127.0.0.1:1/jwks.json").verify(await signed(), NOW), isUnavailable);
});

test("no claim of a refused token reaches the log", async () => {
  const provider = createPrivyIdentity({ appId: APP, verificationKey: pem });
  const proof = await signed({ exp: SECONDS - 1, email: "ada@example.com" });
  const error: unknown = await provider.verify(proof, NOW).catch((reason: unknown) => reason);
  assert.doesNotMatch(inspect(error, { depth: 9 }), /ada@example|cm3np4u9j0|session-1/);
});

test("a verification key of another kind stops the start", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "spki", format: "pem" });
  assert.throws(() => createPrivyIdentity({ appId: APP, verificationKey: String(rsa) }), /P-256/);
  assert.throws(() => createPrivyIdentity({ appId: APP, verificationKey: "not a key" }), Error);
});
