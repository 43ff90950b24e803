import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { engines } from "../database.ts";
import { type Behaviour, confidential, documents } from "./client-behaviours.ts";
import { atClient, CALLBACK, driverOf, granted, membersOf, refused } from "./driver.ts";
import { proof, type Subject } from "./subject.ts";
import { startOurs, startTheirs } from "./subjects.ts";

const times = <T>(count: number, work: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, work));

const discovery: Record<string, Behaviour> = {
  "metadata names the issuer itself, S256 alone, public clients and iss": async ({
    subject: { endpoints, issuer },
  }) => {
    assert.equal(endpoints.issuer, issuer);
    assert.deepEqual(endpoints.code_challenge_methods_supported, ["S256"]);
    assert.ok(endpoints.token_endpoint_auth_methods_supported.includes("none"));
    assert.deepEqual(endpoints.response_types_supported, ["code"]);
    assert.ok(["authorization_code", "refresh_token"].every((type) => endpoints.grant_types_supported.includes(type)));
    assert.equal(endpoints.authorization_response_iss_parameter_supported, true);
  },
  "the published keys are public keys": async ({ subject: { endpoints } }) => {
    const text = await (await fetch(endpoints.jwks_uri)).text();
    assert.match(text, /"kid"/);
    assert.doesNotMatch(text, /"(?:d|p|q|dp|dq|qi|k)":/);
  },
};

const registration: Record<string, Behaviour> = {
  "a public client registers, and is told its values": async ({ driver }) => {
    const members = await membersOf(await driver.registration({}));
    assert.deepEqual(members["redirect_uris"], [CALLBACK]);
    assert.equal(members["token_endpoint_auth_method"], "none");
    assert.equal(members["client_secret"], undefined);
  },
  "addresses that could run script, leave the web or hide a fragment cannot be registered": async ({ driver }) => {
    for (const uri of ["https://app.example/cb#f", "http://app.example/cb", "/cb", "not a uri"]) {
      await refused(driver.registration({ redirect_uris: [uri] }), 400, "invalid_redirect_uri");
    }
  },
  "nonsense is refused as metadata, not with a crash": async ({ driver }) => {
    for (const metadata of [
      { redirect_uris: "x" },
      { redirect_uris: [] },
      { grant_types: ["password"] },
      { redirect_uris: [1] },
    ]) {
      const response = await driver.registration(metadata);
      assert.equal(response.status, 400, JSON.stringify(metadata));
    }
  },
};

const authorization: Record<string, Behaviour> = {
  "nobody is sent to an address that was not proven": async ({ subject, driver }) => {
    const [clientId, { challenge }] = [await driver.register(), proof()];
    const wrong: Record<string, string>[] = [
      { client_id: "nobody" },
      { redirect_uri: "https://evil.example/callback" },
      { redirect_uri: `${CALLBACK}/` },
      { redirect_uri: `${CALLBACK}?x=1` },
      { redirect_uri: "https://app.example@evil.example/callback" },
      { redirect_uri: "http://app.example/callback" },
    ];
    for (const change of wrong) {
      const end = await subject.visit(driver.authorizeUrl(clientId, challenge, change), "allow");
      assert.equal(end.at, "page", JSON.stringify(change));
      assert.ok(end.at === "page" && end.status >= 400 && end.status < 500, JSON.stringify(end));
    }
  },
  "code-downgrade: without S256 nothing is granted": async ({ subject, driver }) => {
    // On loopback, since an address that anyone may have registered is not bounced to by every server.
    const redirect = "http://127.0.0.1:4711/callback";
    const [clientId, { challenge }] = [await driver.register({ redirect_uris: [redirect] }), proof()];
    const wrong: Record<string, string | undefined>[] = [
      { code_challenge: undefined, code_challenge_method: undefined },
      { code_challenge_method: "plain" },
      { code_challenge_method: undefined },
      { code_challenge: "short" },
    ];
    for (const change of wrong) {
      const url = driver.authorizeUrl(clientId, challenge, { redirect_uri: redirect, ...change });
      const told = atClient(await subject.visit(url, "allow"));
      assert.equal(told.get("error"), "invalid_request", JSON.stringify(change));
      assert.equal(told.get("state"), "state-1");
      assert.equal(told.get("iss"), subject.issuer, "mix-up: an error names its issuer too (RFC 9207)");
      assert.equal(told.get("code"), null);
    }
  },
  "other flows and foreign resources are refused at the client": async ({ subject, driver }) => {
    const redirect = "http://127.0.0.1:4711/callback";
    const [clientId, { challenge }] = [await driver.register({ redirect_uris: [redirect] }), proof()];
    const wrong: [Record<string, string>, string][] = [
      [{ resource: "https://elsewhere.example/" }, "invalid_target"],
      [{ resource: "not a uri" }, "invalid_target"],
      [{ response_mode: "nonsense" }, "invalid_request|unsupported_response_mode"],
      [{ request_uri: "https://evil.example/r" }, "invalid_request|request_uri_not_supported"],
      [{ request: "e30.e30." }, "invalid_request|request_not_supported"],
    ];
    for (const [change, error] of wrong) {
      const url = driver.authorizeUrl(clientId, challenge, { redirect_uri: redirect, ...change });
      const told = atClient(await subject.visit(url, "allow"));
      assert.match(told.get("error") ?? "", new RegExp(`^(?:${error})$`), JSON.stringify(change));
    }
  },
  "loopback: any port, also of the name localhost, and nothing else": async ({ subject, driver }) => {
    const clientId = await driver.register({
      redirect_uris: ["http://localhost/callback", "http://127.0.0.1/callback"],
    });
    for (const redirect of [
      "http://localhost:57470/callback",
      "http://127.0.0.1:1/callback",
      "http://localhost/callback",
    ]) {
      const { access_token: token } = await driver.link(clientId, { redirect_uri: redirect });
      assert.ok(token);
    }
    for (const redirect of [
      "http://localhost:57470/other",
      "http://localhost.evil.example:1/callback",
      "https://localhost:5/callback",
    ]) {
      const end = await subject.visit(
        driver.authorizeUrl(clientId, proof().challenge, { redirect_uri: redirect }),
        "allow",
      );
      assert.equal(end.at, "page", redirect);
    }
  },
  "a person who declines sends access_denied with state and iss": async ({ subject, driver }) => {
    const told = atClient(
      await subject.visit(driver.authorizeUrl(await driver.register(), proof().challenge), "decline"),
    );
    assert.deepEqual(
      [told.get("error"), told.get("state"), told.get("iss"), told.get("code")],
      ["access_denied", "state-1", subject.issuer, null],
    );
  },
  "a person who allows sends a code with state and iss": async ({ subject, driver }) => {
    const state = "a state/with & odd = characters + é";
    const told = atClient(
      await subject.visit(driver.authorizeUrl(await driver.register(), proof().challenge, { state }), "allow"),
    );
    assert.deepEqual([told.get("error"), told.get("state"), told.get("iss")], [null, state, subject.issuer]);
    assert.ok((told.get("code") ?? "").length >= 43, "as much as a 256-bit secret");
  },
};

const codes: Record<string, Behaviour> = {
  "a code becomes a bearer token for the resource, signed by a published key": async ({ subject, driver }) => {
    const [clientId, resource] = [await driver.register(), `${subject.issuer}/mcp`];
    const link = await driver.code(clientId, { resource });
    const response = await driver.exchange(clientId, link);
    assert.match(response.headers.get("cache-control") ?? "", /no-store/);
    const tokens = await granted(response);
    assert.equal(tokens.token_type, "Bearer");
    const keys = createRemoteJWKSet(new URL(subject.endpoints.jwks_uri));
    const { payload } = await jwtVerify(tokens.access_token, keys, {
      issuer: subject.issuer,
      audience: resource,
      typ: "at+jwt",
    });
    assert.equal(payload["client_id"], clientId);
    assert.ok(payload.sub && payload.exp && payload.iat && payload.jti);
  },
  "a code is for one client, one verifier and one address": async ({ driver }) => {
    const [clientId, stranger] = [await driver.register(), await driver.register()];
    await refused(driver.exchange(stranger, await driver.code(clientId)), 400, "invalid_grant");
    await refused(
      driver.exchange(clientId, await driver.code(clientId), { code_verifier: "x".repeat(43) }),
      400,
      "invalid_grant",
    );
    const elsewhere = { redirect_uri: `${CALLBACK}/` };
    await refused(driver.exchange(clientId, await driver.code(clientId), elsewhere), 400, "invalid_grant");
    await refused(driver.exchange("nobody", await driver.code(clientId)), 401, "invalid_client");
    await refused(driver.exchange(clientId, { code: "made-up", verifier: "x".repeat(43) }), 400, "invalid_grant");
  },
  "code-replay: a second exchange fails and ends what the first one made": async ({ driver }) => {
    const clientId = await driver.register();
    const link = await driver.code(clientId);
    const tokens = await granted(driver.exchange(clientId, link));
    await refused(driver.exchange(clientId, link), 400, "invalid_grant");
    await refused(driver.refresh(clientId, tokens.refresh_token), 400, "invalid_grant");
  },
  "50 parallel exchanges of one code: exactly one succeeds": async ({ driver }) => {
    const clientId = await driver.register();
    const link = await driver.code(clientId);
    const answers = await times(50, () => driver.exchange(clientId, link));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    assert.ok(answers.every(({ status }) => status === 200 || status === 400));
  },
};

const refreshing: Record<string, Behaviour> = {
  "each refresh gives a new pair": async ({ driver }) => {
    const clientId = await driver.register();
    const first = await driver.link(clientId);
    const second = await granted(driver.refresh(clientId, first.refresh_token));
    assert.notEqual(second.refresh_token, first.refresh_token);
    assert.notEqual(second.access_token, first.access_token);
    assert.ok((await granted(driver.refresh(clientId, second.refresh_token))).refresh_token);
  },
  "refresh-reuse: a token two turns old ends the whole family": async ({ driver }) => {
    const clientId = await driver.register();
    const first = await driver.link(clientId);
    const second = await granted(driver.refresh(clientId, first.refresh_token));
    const third = await granted(driver.refresh(clientId, second.refresh_token));
    await refused(driver.refresh(clientId, first.refresh_token), 400, "invalid_grant");
    await refused(driver.refresh(clientId, third.refresh_token), 400, "invalid_grant");
  },
  "another client's, a made-up and an unknown client's token are refused with the right error": async ({ driver }) => {
    const [clientId, stranger] = [await driver.register(), await driver.register()];
    const { refresh_token: token } = await driver.link(clientId);
    await refused(driver.refresh(stranger, token), 400, "invalid_grant");
    await refused(driver.refresh(clientId, "made-up"), 400, "invalid_grant");
    await refused(driver.refresh("nobody", token), 401, "invalid_client");
  },
  "a refresh may narrow, never widen": async ({ driver }) => {
    const clientId = await driver.register();
    const { refresh_token: token } = await driver.link(clientId, { scope: "read write offline_access" });
    await refused(driver.refresh(clientId, token, { scope: "read wallet:read" }), 400, "invalid_scope");
    const narrow = await granted(driver.refresh(clientId, token, { scope: "read" }));
    assert.equal(narrow.scope, "read");
  },
};

const endpoints: Record<string, Behaviour> = {
  "revocation ends the family, is silent about garbage, and minds whose token it is": async ({ driver }) => {
    const [clientId, stranger] = [await driver.register(), await driver.register()];
    const { refresh_token: token } = await driver.link(clientId);
    assert.ok((await driver.revoke(stranger, token)).status >= 200);
    const kept = await granted(driver.refresh(clientId, token));
    assert.equal((await driver.revoke(clientId, "garbage")).status, 200);
    assert.equal((await driver.revoke(clientId, kept.refresh_token)).status, 200);
    await refused(driver.refresh(clientId, kept.refresh_token), 400, "invalid_grant");
  },
  "requests that are no token requests get the error that RFC 6749 names": async ({ driver }) => {
    const clientId = await driver.register();
    await refused(driver.token({ client_id: clientId }), 400, "invalid_request");
    await refused(driver.token({ grant_type: "password", client_id: clientId }), 400, "unsupported_grant_type");
    await refused(driver.token({ grant_type: "refresh_token", client_id: clientId }), 400, "invalid_request");
    await refused(
      driver.token({ grant_type: "authorization_code", client_id: "nobody", code: "x" }),
      401,
      "invalid_client",
    );
    await refused(
      driver.token(`grant_type=refresh_token&client_id=${clientId}&refresh_token=x&refresh_token=y`),
      400,
      "invalid_request",
    );
    const json = await driver.token('{"grant_type":"refresh_token"}', { "content-type": "application/json" });
    assert.ok(json.status >= 400 && json.status < 500);
  },
};

const all: Record<string, Behaviour> = {
  ...discovery,
  ...registration,
  ...authorization,
  ...codes,
  ...refreshing,
  ...endpoints,
  ...confidential,
  ...documents,
};

async function behaves(t: TestContext, subject: Subject): Promise<void> {
  const driver = driverOf(subject);
  try {
    for (const [name, behaviour] of Object.entries(all)) await t.test(name, () => behaviour({ subject, driver }));
  } finally {
    await subject.close();
  }
}

for (const engine of engines) {
  test(`what an authorization server does: ours (${engine})`, async (t) => behaves(t, await startOurs(t, engine)));
}
test("what an authorization server does: oidc-provider, by the same suite", async (t) =>
  behaves(t, await startTheirs(t)));
