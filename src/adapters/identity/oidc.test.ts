import { generateKeyPair, UnsecuredJWT } from "jose";
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { inspect } from "node:util";
import { identityContract } from "../../../test/identity-contract.ts";
import { ODD_CLIENT, type OddProvider, challengeOf, startOddProvider } from "../../../test/upstream/odd-provider.ts";
import { AppError, type ErrorCode } from "../../kernel/errors.ts";
import { randomToken } from "../../kernel/ids.ts";
import type { Departure, IdentityProvider, Proof } from "../../kernel/ports/identity.ts";
import { createOidcIdentity } from "./oidc.ts";
import { createProviderFetch } from "./provider-fetch.ts";

const NOW = new Date("2026-11-20T08:00:00Z");
const OURS = "https://bellhop.example.com";

type Changes = Record<string, unknown>;

const leave = (): Departure => ({
  state: randomToken(),
  nonce: randomToken(),
  verifier: randomToken(),
  redirectUri: `${OURS}/oauth/web/callback`,
});

const at = (peer: OddProvider, changes: Partial<Parameters<typeof createOidcIdentity>[0]> = {}): IdentityProvider =>
  createOidcIdentity({
    title: "Example",
    place: { kind: "discovery", issuer: peer.url },
    clientId: ODD_CLIENT,
    clientSecret: undefined,
    scopes: "openid email",
    ownOrigin: OURS,
    ...changes,
  });

/** A person who is back, with an ID token whose claims and header were changed. */
async function back(
  peer: OddProvider,
  claims: Changes = {},
  header: Changes = {},
  key?: CryptoKey | Uint8Array,
): Promise<Proof> {
  const departure = leave();
  const idToken = await peer.sign({ ...peer.claims(departure, NOW), ...claims }, header, key);
  const tokens = { access_token: randomToken(), token_type: "Bearer", expires_in: 600, id_token: idToken };
  return { ...departure, returned: peer.returned(departure, tokens) };
}

/** A person who is back, whose query was changed. */
async function changed(peer: OddProvider, change: (query: URLSearchParams) => void): Promise<Proof> {
  const proof = await back(peer);
  if (!("returned" in proof)) return assert.fail();
  const query = new URLSearchParams(proof.returned);
  change(query);
  return { ...proof, returned: query.toString() };
}

const SECONDS = NOW.getTime() / 1000;

const wrongProofs = (peer: OddProvider, foreign: CryptoKey): Readonly<Record<string, () => Promise<Proof>>> => ({
  "an ID token that has expired": () => back(peer, { exp: SECONDS - 31 }),
  "one that is not valid yet": () => back(peer, { nbf: SECONDS + 600 }),
  "one for another client": () => back(peer, { aud: "another" }),
  "one for nobody": () => back(peer, { aud: undefined }),
  "one for us and somebody else": () => back(peer, { aud: [ODD_CLIENT, "another"] }),
  "one of another issuer": () => back(peer, { iss: "https://evil.example" }),
  "one without an end": () => back(peer, { exp: undefined }),
  "one without a subject": () => back(peer, { sub: undefined }),
  "an empty subject": () => back(peer, { sub: "" }),
  "a subject with a NUL": () => back(peer, { sub: "a\0b" }),
  "a subject of a thousand characters": () => back(peer, { sub: "s".repeat(1000) }),
  "another sign-in's nonce": () => back(peer, { nonce: randomToken() }),
  "no nonce": () => back(peer, { nonce: undefined }),
  "signed with a foreign key": () => back(peer, {}, {}, foreign),
  "signed with a key that is not published": () => back(peer, {}, { kid: "key-9" }),
  "signed with our id as a secret (HS256)": () =>
    back(peer, {}, { alg: "HS256" }, new TextEncoder().encode(ODD_CLIENT.repeat(8))),
  "not signed (alg none)": async () => {
    const departure = leave();
    const idToken = new UnsecuredJWT({ ...peer.claims(departure, NOW) }).encode();
    const tokens = { access_token: "a", token_type: "Bearer", id_token: idToken };
    return { ...departure, returned: peer.returned(departure, tokens) };
  },
  "no ID token at all": async () => {
    const departure = leave();
    return { ...departure, returned: peer.returned(departure, { access_token: "a", token_type: "Bearer" }) };
  },
  "another sign-in's state": () => changed(peer, (query) => query.set("state", randomToken())),
  "no state": () => changed(peer, (query) => query.delete("state")),
  "a second state": () => changed(peer, (query) => query.append("state", "x")),
  "the name of another issuer (mix-up)": () => changed(peer, (query) => query.set("iss", "https://evil.example")),
  "no issuer's name, though it promises one": () => changed(peer, (query) => query.delete("iss")),
  "a code that it never gave": () => changed(peer, (query) => query.set("code", "made-up-code-of-mine")),
  "no code": () => changed(peer, (query) => query.delete("code")),
  "tokens in the address": () => changed(peer, (query) => query.set("id_token", "e30.e30.e30")),
  "another sign-in's verifier": async () => ({ ...(await back(peer)), verifier: randomToken() }),
});

test("an OpenID provider by discovery", async (t) => {
  const peer = await startOddProvider(t);
  const foreign = (await generateKeyPair("RS256")).privateKey;
  const provider = at(peer);
  await identityContract(t, {
    provider,
    now: NOW,
    refusal: "invalid_token",
    valid: async () => ({ proof: await back(peer), issuer: peer.url, subject: "person-1" }),
    fromText: (returned) => ({ ...leave(), returned }),
    wrong: wrongProofs(peer, foreign),
  });
  assert.equal(peer.asked.filter((path) => path.includes("openid-configuration")).length, 1, "its metadata is kept");
});

test("an OAuth provider by its three addresses: the userinfo endpoint says who it is", async (t) => {
  const peer = await startOddProvider(t);
  const provider = at(peer, {
    place: {
      kind: "endpoints",
      authorization: `${peer.url}/authorize`,
      token: `${peer.url}/token`,
      userinfo: `${peer.url}/userinfo`,
    },
  });
  const info =
    (userinfo: unknown): (() => Promise<Proof>) =>
    async () => {
      const departure = leave();
      // An ID token that nobody could verify is not even read.
      const tokens = { access_token: randomToken(), token_type: "bearer", id_token: "garbage" };
      const query = new URLSearchParams(peer.returned(departure, tokens, userinfo));
      query.delete("iss");
      return { ...departure, returned: query.toString() };
    };
  await identityContract(t, {
    provider,
    now: NOW,
    refusal: "invalid_token",
    valid: async () => ({ proof: await info({ sub: "person-1" })(), issuer: peer.url, subject: "person-1" }),
    fromText: (returned) => ({ ...leave(), returned }),
    wrong: {
      "a userinfo without a subject": info({ email: "ada@example.com" }),
      "a subject that is a number": info({ sub: 7 }),
      "an empty subject": info({ sub: "" }),
      "another sign-in's state": () => changed(peer, (query) => query.set("state", randomToken())),
      "another sign-in's verifier": async () => ({ ...(await info({ sub: "person-1" })()), verifier: randomToken() }),
    },
  });
  assert.ok(!peer.asked.includes("/jwks"));
});

test("a person is sent with PKCE, state and nonce, and nothing of the verifier", async (t) => {
  const peer = await startOddProvider(t);
  const departure = leave();
  const address = new URL((await at(peer).redirect?.begin(departure, "oidc")) ?? assert.fail());
  assert.equal(address.origin + address.pathname, `${peer.url}/authorize`);
  assert.deepEqual(Object.fromEntries(address.searchParams), {
    response_type: "code",
    client_id: ODD_CLIENT,
    redirect_uri: departure.redirectUri,
    scope: "openid email",
    state: departure.state,
    nonce: departure.nonce,
    code_challenge: challengeOf(departure.verifier),
    code_challenge_method: "S256",
  });
  assert.ok(!address.href.includes(departure.verifier));
});

test("our secret goes in the header, or in the form where the provider knows nothing else", async (t) => {
  for (const [methods, inHeader] of [
    [undefined, true],
    [["client_secret_post"], false],
    [["client_secret_post", "client_secret_basic"], true],
  ] as const) {
    const peer = await startOddProvider(t, { token_endpoint_auth_methods_supported: methods });
    await at(peer, { clientSecret: "our secret" }).verify(await back(peer), NOW);
    const [sent] = peer.forms;
    assert.equal(sent?.authorization !== undefined, inHeader);
    assert.equal(sent?.form.get("client_secret") ?? null, inHeader ? null : "our secret");
  }
});

test("a label is for display: an unverified address is none, and nothing in it can disguise itself", async (t) => {
  const peer = await startOddProvider(t);
  const labelWith = async (claims: Changes): Promise<string> =>
    (await at(peer).verify(await back(peer, claims), NOW)).label;
  assert.equal(await labelWith({ email: "ada@example.com", email_verified: true }), "ada@example.com (Example)");
  assert.equal(await labelWith({ email: "ada@example.com", email_verified: false }), "account …rson-1 (Example)");
  assert.equal(await labelWith({ name: "Ada\u202Eevil" }), "account …rson-1 (Example)");
  assert.equal(await labelWith({ name: "x".repeat(500), preferred_username: "ada" }), "ada (Example)");
  assert.equal(await labelWith({ email: { toString: 1 } }), "account …rson-1 (Example)");
});

const codeOf = (work: Promise<unknown>): Promise<ErrorCode> =>
  work.then(
    () => assert.fail("accepted"),
    (error: unknown) => (error instanceof AppError ? error.code : assert.fail(inspect(error))),
  );

test("a provider that is down, slow, or talks nonsense is no verdict on the person", async (t) => {
  const huge = "a".repeat(300_000);
  const wrongs: readonly [string, Parameters<OddProvider["answer"]>[1]][] = [
    ["/.well-known/openid-configuration", { status: 500, body: "{}" }],
    ["/.well-known/openid-configuration", { status: 200, body: "<html>", type: "text/html" }],
    ["/.well-known/openid-configuration", { status: 200, body: '{"issuer":"https://evil.example"}' }],
    ["/.well-known/openid-configuration", { status: 200, body: JSON.stringify({ huge }) }],
    ["/.well-known/openid-configuration", { status: 302, body: "" }],
    ["/.well-known/openid-configuration", "hang"],
    ["/token", { status: 500, body: "{}" }],
    ["/token", { status: 503, body: "<html>", type: "text/html" }],
    ["/token", { status: 401, body: '{"error":"invalid_client"}' }],
    ["/token", { status: 400, body: '{"error":"unauthorized_client"}' }],
    ["/token", { status: 200, body: huge }],
    ["/token", "hang"],
    ["/jwks", { status: 500, body: "{}" }],
    ["/jwks", "hang"],
  ];
  for (const [path, answer] of wrongs) {
    const peer = await startOddProvider(t);
    const provider = at(peer, { send: createProviderFetch(300) });
    peer.answer(path, answer);
    const code = await codeOf(provider.verify(await back(peer), NOW));
    assert.equal(code, "unavailable", `${path} ${inspect(answer).slice(0, 80)}`);
  }
  const down = createOidcIdentity({
    title: "Example",
    place: { kind: "discovery", issuer: "http://127.0.0.1:1" },
    clientId: "x",
    clientSecret: undefined,
    scopes: "openid",
    ownOrigin: OURS,
  });
  assert.equal(await codeOf(down.redirect?.begin(leave(), "oidc") ?? assert.fail()), "unavailable");
});

test("what failed is asked again, and works once the provider is back", async (t) => {
  const peer = await startOddProvider(t);
  const provider = at(peer);
  peer.answer("/.well-known/openid-configuration", { status: 500, body: "{}" });
  assert.equal(await codeOf(provider.redirect?.begin(leave(), "oidc") ?? assert.fail()), "unavailable");
  const good = await startOddProvider(t);
  const text = await (await fetch(`${good.url}/.well-known/openid-configuration`)).text();
  peer.answer("/.well-known/openid-configuration", { status: 200, body: text.replaceAll(good.url, peer.url) });
  assert.match((await provider.redirect?.begin(leave(), "oidc")) ?? "", /^http:\/\/localhost/);
});

test("what the provider says of the person is told apart from what it says of itself", async (t) => {
  const peer = await startOddProvider(t);
  const saying = async (error: string): Promise<ErrorCode> => {
    const departure = leave();
    const returned = new URLSearchParams({ error, state: departure.state, iss: peer.url }).toString();
    return codeOf(at(peer).verify({ ...departure, returned }, NOW));
  };
  assert.equal(await saying("access_denied"), "access_denied");
  assert.equal(await saying("login_required"), "invalid_token");
  assert.equal(await saying("server_error"), "unavailable");
  assert.equal(await saying("invalid_scope"), "unavailable");
});

test("no endpoint may be our own, whoever names it", async (t) => {
  const peer = await startOddProvider(t, { token_endpoint: `${OURS}/token` });
  assert.equal(await codeOf(at(peer).redirect?.begin(leave(), "oidc") ?? assert.fail()), "unavailable");
  const place = {
    kind: "endpoints",
    authorization: `${OURS}/authorize`,
    token: "https://a.example/t",
    userinfo: "https://a.example/u",
  } as const;
  assert.throws(() => at(peer, { place }), /our own/);
});

test("a provider sends our page to no script, no file, and nowhere over plain http", async (t) => {
  for (const address of ["javascript:alert(1)//", "data:text/html,x", "file:///etc/passwd", "http://idp.example/a"]) {
    const peer = await startOddProvider(t, { authorization_endpoint: address });
    assert.equal(await codeOf(at(peer).redirect?.begin(leave(), "oidc") ?? assert.fail()), "unavailable", address);
  }
});

test("tokens are renewed; a refusal for good is told apart from a provider that is down", async (t) => {
  const peer = await startOddProvider(t);
  const provider = at(peer);
  const departure = leave();
  const query = peer.returned(departure, { access_token: "new", token_type: "Bearer", expires_in: 60 });
  const refreshToken = new URLSearchParams(query).get("code") ?? "";
  const renewed = await provider.refresh?.({ refreshToken, issuer: peer.url }, NOW);
  assert.deepEqual(renewed, { accessToken: "new", refreshToken, expiresAt: new Date(NOW.getTime() + 60_000) });
  assert.equal(
    await codeOf(provider.refresh?.({ refreshToken: "unknown", issuer: peer.url }, NOW) ?? assert.fail()),
    "invalid_token",
  );
  const before = peer.forms.length;
  const foreign = { refreshToken, issuer: "https://former.example" };
  assert.equal(await codeOf(provider.refresh?.(foreign, NOW) ?? assert.fail()), "invalid_token");
  assert.equal(peer.forms.length, before, "another provider's token is not sent");
  peer.answer("/token", { status: 502, body: "" });
  assert.equal(
    await codeOf(provider.refresh?.({ refreshToken, issuer: peer.url }, NOW) ?? assert.fail()),
    "unavailable",
  );
});

test("no claim and no token of a refused sign-in reaches the log", async (t: TestContext) => {
  const peer = await startOddProvider(t);
  const proof = await back(peer, { aud: "another", email: "ada@example.com" });
  const error: unknown = await at(peer)
    .verify(proof, NOW)
    .catch((reason: unknown) => reason);
  assert.doesNotMatch(inspect(error, { depth: 9 }), /ada@example|person-1|eyJ/);
});
