import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { eachEngine } from "../database.ts";
import { type Bent, createAuthenticator } from "./authenticator.ts";
import { openBrowser } from "./browser.ts";
import { addPasskey, challenge, decide, startPasskeys } from "./passkey-rig.ts";
import { migrations } from "./server.ts";

const ORIGIN = "http://localhost:3002";
const DIGEST = "Zm9yIHRlc3Rz";

/** Everything that an answer may be bent in, and why it is refused then. */
const bends: readonly (readonly [what: string, why: RegExp, Bent])[] = [
  ["another origin", /origin/, { origin: "http://localhost:3003" }],
  ["the same host under https", /origin/, { origin: "https://localhost:3002" }],
  ["a frame of another site", /frame of another site/, { crossOrigin: true }],
  ["another host's passkey", /RP ID/, { rpId: "evil.example" }],
  ["another kind of ceremony", /type/, { type: "payment.get" }],
  ["nobody verified", /could not be verified/, { verified: false }],
  ["nobody present", /not present/, { present: false }],
  ["a challenge of its own", /challenge/, { challenge: randomBytes(32).toString("base64url") }],
];

eachEngine("passkeys", migrations, async (t, database) => {
  const server = await startPasskeys(t, database);
  const causeOf = (): string => {
    const fault = server.faults.at(-1);
    assert.ok(fault instanceof Error);
    return String(fault.cause ?? fault);
  };

  await t.test("are added by a person who has just signed in, and leave a receipt by the registry", async () => {
    const browser = openBrowser(server);
    await browser.signIn("ada@example.com");
    const options = (await browser.post("/api/passkeys/options", {})).body;
    assert.deepEqual([options.rp.id, options.user.name], ["localhost", "ada@example.com"]);
    assert.equal(options.authenticatorSelection.userVerification, "required");
    assert.equal(options.attestation, "none");

    const added = await addPasskey(browser, createAuthenticator(ORIGIN));
    assert.equal(added.status, 201, JSON.stringify(added.body));
    assert.deepEqual(Object.keys(added.body).toSorted(), ["id", "receiptId"]);
    const call = server.calls.at(-1);
    assert.equal(call?.name, "add_passkey");
    const { passkeys } = (await browser.get("/api/passkeys")).body;
    assert.equal(passkeys.length, 1);
    assert.deepEqual(Object.keys(passkeys[0]).toSorted(), ["createdAt", "id", "label", "lastUsedAt"]);
    assert.deepEqual([passkeys[0].label, passkeys[0].lastUsedAt], ["A key", null]);
  });

  await t.test("are renamed and removed by their own person alone", async () => {
    const [browser, other] = [openBrowser(server), openBrowser(server)];
    await browser.signIn("grace@example.com");
    await other.signIn("mallory@example.com");
    const { id } = (await addPasskey(browser, createAuthenticator(ORIGIN))).body;
    for (const path of [`/api/passkeys/${id}`, "/api/passkeys/none"]) {
      assert.equal((await other.patch(path, { label: "Mine" })).status, 404);
      assert.equal((await other.delete(path)).status, 404);
    }
    assert.equal((await browser.patch(`/api/passkeys/${id}`, { label: " The\u202e key\n" })).status, 200);
    assert.deepEqual((await browser.get("/api/passkeys")).body.passkeys[0].label, "The key");
    assert.equal((await browser.delete(`/api/passkeys/${id}`)).status, 200);
    assert.deepEqual((await browser.get("/api/passkeys")).body.passkeys, []);
    assert.equal((await browser.delete(`/api/passkeys/${id}`)).status, 404);
  });

  await t.test("are not added or removed by whoever holds a stolen cookie", async () => {
    const browser = openBrowser(server);
    await browser.signIn("hedy@example.com");
    const { id } = (await addPasskey(browser, createAuthenticator(ORIGIN))).body;
    server.clock.pass(300);
    const tries = [
      await browser.post("/api/passkeys/options", {}),
      await browser.delete(`/api/passkeys/${id}`),
      await browser.post("/test/decide", { digest: DIGEST }),
    ];
    for (const { status, body } of tries) {
      assert.deepEqual([status, body.error, body.ways], [403, "fresh_sign_in_required", ["passkey", "sign_in"]]);
    }
    const identity = await browser.post("/api/identities/email/verify", await browser.askForCode("thief@example.com"));
    assert.deepEqual([identity.status, identity.body.ways], [403, ["sign_in"]], "nor another way to sign in");
    assert.equal((await browser.get("/api/passkeys")).body.passkeys.length, 1);
  });

  await t.test("prove the person where the sign-in is long ago: for adding, for removing, for a decision", async () => {
    const browser = openBrowser(server);
    const [first, second] = [createAuthenticator(ORIGIN), createAuthenticator(ORIGIN, false)];
    await browser.signIn("joan@example.com");
    await addPasskey(browser, first);
    server.clock.pass(3000);
    const options = await browser.post("/api/passkeys/options", {
      passkey: first.get(await challenge(browser, "passkeys:add")),
    });
    assert.equal(options.status, 200, JSON.stringify(options.body));
    assert.deepEqual(
      options.body.excludeCredentials.map((one: { id: string }) => one.id),
      [first.credentialId],
    );
    const added = await browser.post("/api/passkeys", { label: "Synced", credential: second.create(options.body) });
    assert.equal(added.status, 201);
    for (let round = 0; round < 2; round += 1) {
      assert.deepEqual((await decide(browser, second, DIGEST)).body, { how: "passkey" }, "it keeps no count");
    }
    const { digest } = (await browser.delete(`/api/passkeys/${added.body.id}`)).body;
    const passkey = first.get(await challenge(browser, digest));
    assert.equal(
      (await browser.delete(`/api/passkeys/${added.body.id}`, { "content-type": "application/json" }, { passkey }))
        .status,
      200,
    );
    const [left] = (await browser.get("/api/passkeys")).body.passkeys;
    assert.equal(left.lastUsedAt, server.clock().toISOString());
  });

  await t.test("answer for one thing, once, in time, and for nobody else", async () => {
    const [browser, other] = [openBrowser(server), openBrowser(server)];
    const [mine, theirs] = [createAuthenticator(ORIGIN, false), createAuthenticator(ORIGIN, false)];
    await browser.signIn("edith@example.com");
    await other.signIn("eve@example.com");
    await addPasskey(browser, mine);
    await addPasskey(other, theirs);
    const refused = async (who: typeof browser, digest: string, passkey: object, why: RegExp) => {
      const { status, body } = await who.post("/test/decide", { digest, passkey });
      assert.deepEqual([status, body.error], [403, "passkey_refused"]);
      assert.match(causeOf(), why);
    };
    const gone = /unknown, used, out of date/;

    const used = mine.get(await challenge(browser, DIGEST));
    assert.equal((await browser.post("/test/decide", { digest: DIGEST, passkey: used })).status, 200);
    await refused(browser, DIGEST, used, gone);
    await refused(browser, "another", mine.get(await challenge(browser, DIGEST)), gone);
    await refused(other, DIGEST, mine.get(await challenge(browser, DIGEST)), gone);
    await refused(browser, DIGEST, theirs.get(await challenge(browser, DIGEST)), /no passkey of this person/);
    await refused(
      browser,
      DIGEST,
      theirs.get(await challenge(browser, DIGEST), { id: mine.credentialId }),
      /signature/,
    );
    const handle = Buffer.alloc(16, 7).toString("base64url");
    await refused(
      browser,
      DIGEST,
      mine.get(await challenge(browser, DIGEST), { userHandle: handle }),
      /another account/,
    );

    const late = mine.get(await challenge(browser, DIGEST));
    server.clock.pass(300);
    await refused(browser, DIGEST, late, gone);
    const adding = await challenge(browser, "passkeys:add");
    await browser.signIn("edith@example.com");
    const registration = (await browser.post("/api/passkeys/options", {})).body;
    await refused(browser, DIGEST, mine.get(registration), gone);
    const another = createAuthenticator(ORIGIN);
    const swapped = await browser.post("/api/passkeys", { label: "x", credential: another.create(adding) });
    assert.deepEqual(
      [swapped.status, swapped.body.error],
      [403, "passkey_refused"],
      "a question to decide adds nothing",
    );

    const twice = mine.get(await challenge(browser, DIGEST));
    const both = await Promise.all(
      [1, 2, 3].map(() => browser.post("/test/decide", { digest: DIGEST, passkey: twice })),
    );
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 403, 403], "of three at once one is used");
  });

  await t.test("are refused whatever else of an answer is wrong, though it is signed", async () => {
    const browser = openBrowser(server);
    const authenticator = createAuthenticator(ORIGIN, false);
    await browser.signIn("radia@example.com");
    await addPasskey(browser, authenticator);
    for (const [what, why, bent] of bends) {
      const answer = await decide(browser, authenticator, DIGEST, bent);
      assert.deepEqual([answer.status, answer.body.error], [403, "passkey_refused"], what);
      assert.match(causeOf(), why, what);
      const added = await addPasskey(browser, createAuthenticator(ORIGIN), bent);
      assert.deepEqual([added.status, added.body.error], [403, "passkey_refused"], what);
      assert.match(causeOf(), why, what);
    }
    const { privateKey: signer } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    assert.equal((await decide(browser, authenticator, DIGEST, { signer })).status, 403);
    assert.match(causeOf(), /signature/);
    assert.equal(
      (await decide(browser, authenticator, DIGEST)).status,
      200,
      "and nothing of it has broken the passkey",
    );
    assert.equal((await browser.get("/api/passkeys")).body.passkeys.length, 1);
  });

  await t.test("whose count does not rise are refused: there may be a copy", async () => {
    const browser = openBrowser(server);
    const authenticator = createAuthenticator(ORIGIN);
    await browser.signIn("barbara@example.com");
    await addPasskey(browser, authenticator);
    assert.equal((await decide(browser, authenticator, DIGEST, { counter: 50 })).status, 200);
    for (const counter of [49, 50, 0]) {
      assert.equal((await decide(browser, authenticator, DIGEST, { counter })).body.error, "passkey_refused");
    }
    const questions = [await challenge(browser, DIGEST), await challenge(browser, DIGEST)];
    const copies = questions.map((question) => authenticator.get(question, { counter: 51 }));
    const both = await Promise.all(copies.map((passkey) => browser.post("/test/decide", { digest: DIGEST, passkey })));
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 403], "also of two at once");
  });

  await t.test("are not added in another browser than asked, twice, or with certificates of a stranger's", async () => {
    const [here, elsewhere] = [openBrowser(server), openBrowser(server)];
    await here.signIn("mary@example.com");
    await elsewhere.signIn("mary@example.com");
    const { body: options } = await here.post("/api/passkeys/options", {});
    const authenticator = createAuthenticator(ORIGIN);
    const stolen = await elsewhere.post("/api/passkeys", { label: "x", credential: authenticator.create(options) });
    assert.equal(stolen.body.error, "passkey_refused");
    assert.equal((await addPasskey(here, authenticator)).status, 201);
    assert.deepEqual((await addPasskey(here, authenticator)).body.error, "conflict");
    const statement = new Map([["x5c", new Uint8Array(8)]]);
    for (const fmt of ["packed", "apple", "android-key", "fido-u2f", "nonsense"]) {
      const attested = await addPasskey(here, createAuthenticator(ORIGIN), { attestation: { fmt, statement } });
      assert.deepEqual([attested.status, attested.body.error], [403, "passkey_refused"], fmt);
      assert.match(causeOf(), /not asked for/);
    }
  });

  await t.test("are asked for and changed by our own page alone, by who is signed in", async () => {
    const [browser, nobody] = [openBrowser(server), openBrowser(server)];
    await browser.signIn("karen@example.com");
    const { id } = (await addPasskey(browser, createAuthenticator(ORIGIN))).body;
    const foreign = { origin: "https://evil.example" };
    const calls = (who: typeof browser, headers: Record<string, string> = {}) =>
      Promise.all([
        who.post("/api/passkeys/options", {}, headers),
        who.post("/api/passkeys/challenge", { digest: DIGEST }, headers),
        who.post("/api/passkeys", { label: "x", credential: {} }, headers),
        who.patch(`/api/passkeys/${id}`, { label: "x" }, headers),
        who.delete(`/api/passkeys/${id}`, headers),
      ]);
    for (const { body } of await calls(browser, foreign)) assert.equal(body.error, "forbidden_origin");
    for (const { body } of await calls(nobody)) assert.equal(body.error, "authentication_required");
    assert.equal((await nobody.get("/api/passkeys")).status, 401);
    const nothing = openBrowser(server);
    await nothing.signIn("lynn@example.com");
    assert.equal((await nothing.post("/api/passkeys/challenge", { digest: DIGEST })).body.error, "not_found");
  });

  await t.test("are never broken by what is no passkey at all", async () => {
    const browser = openBrowser(server);
    await browser.signIn("rosa@example.com");
    const whole = createAuthenticator(ORIGIN);
    const { body: options } = await browser.post("/api/passkeys/options", {});
    const real = JSON.parse(JSON.stringify(whole.create(options)));
    const junk = [null, 1, "x", [], {}, { ...real, id: "*" }, { ...real, response: {} }, { ...real, type: "password" }];
    const responses = [
      { clientDataJSON: "AAAA" },
      { clientDataJSON: Buffer.from("{}").toString("base64url") },
      { clientDataJSON: Buffer.from("null").toString("base64url") },
      { attestationObject: "AAAA" },
      { attestationObject: "oA" },
      { attestationObject: real.response.attestationObject.slice(0, 100) },
    ];
    for (const credential of [
      ...junk,
      ...responses.map((bad) => ({ ...real, response: { ...real.response, ...bad } })),
    ]) {
      const { status, body } = await browser.post("/api/passkeys", { label: "x", credential });
      assert.ok(status === 400 || status === 403, `${status} ${JSON.stringify(credential).slice(0, 80)}`);
      assert.ok(["invalid_request", "passkey_refused"].includes(body.error), body.error);
      const answer = await browser.post("/test/decide", { digest: DIGEST, passkey: credential });
      assert.ok(answer.status === 400 || answer.status === 403, String(answer.status));
    }
    for (const digest of ["", "a b", "x".repeat(201), 1]) {
      assert.equal((await browser.post("/api/passkeys/challenge", { digest })).status, 400);
    }
  });

  await t.test("of which one account has twenty at most, and challenges that nobody used are swept", async () => {
    const browser = openBrowser(server);
    await browser.signIn("full@example.com");
    for (let count = 0; count < 20; count += 1) await addPasskey(browser, createAuthenticator(ORIGIN));
    const { status, body } = await addPasskey(browser, createAuthenticator(ORIGIN));
    assert.deepEqual([status, body.error, body.next], [409, "conflict", "Remove one first."]);
    await challenge(browser, DIGEST);
    server.clock.pass(300);
    await server.accounts.sweep();
    assert.equal((await database.query("select 1 from passkey_challenges", [])).rows.length, 0);
  });
});

eachEngine("a fresh sign-in", migrations, async (t, database) => {
  const server = await startPasskeys(t, database);
  const decides = (browser: ReturnType<typeof openBrowser>) => browser.post("/test/decide", { digest: DIGEST });

  await t.test("counts for five minutes; using the session does not prolong it, signing in again does", async () => {
    const browser = openBrowser(server);
    await browser.signIn("ada@example.com");
    server.clock.pass(299);
    assert.deepEqual((await decides(browser)).body, { how: "sign_in" });
    server.clock.pass(3600);
    assert.equal((await browser.get("/api/session")).headers.getSetCookie().length, 1, "the session slides");
    const { status, body } = await decides(browser);
    assert.deepEqual([status, body.error, body.ways], [403, "fresh_sign_in_required", ["sign_in"]]);
    await browser.signIn("ada@example.com");
    assert.deepEqual((await decides(browser)).body, { how: "sign_in" });
  });

  await t.test("in another browser, or of another account, does not count", async () => {
    const [here, elsewhere] = [openBrowser(server), openBrowser(server)];
    const { id } = await here.signIn("grace@example.com");
    server.clock.pass(300);
    await elsewhere.signIn("grace@example.com");
    assert.equal((await decides(here)).body.error, "fresh_sign_in_required");
    const former = { cookie: `bellhop-session=${here.session}` };
    const other = await here.signIn("other@example.com");
    assert.notEqual(other.id, id, "whoever signs in here is somebody else from then on");
    const before = await here.post("/test/decide", { digest: DIGEST }, former);
    assert.equal(before.body.error, "authentication_required", "and the session before has ended");
  });

  await t.test("is asked of nobody who is signed out", async () => {
    assert.equal((await decides(openBrowser(server))).body.error, "authentication_required");
  });
});
