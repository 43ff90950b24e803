import assert from "node:assert/strict";
import { inspect } from "node:util";
import { createPrivyIdentity } from "../../src/adapters/identity/privy.ts";
import { eachEngine } from "../database.ts";
import { type Answer, openBrowser } from "./browser.ts";
import { createPrivySigner, PRIVY_APP } from "./privy.ts";
import { migrations, startAccounts } from "./server.ts";
import { countRows, dumpTables } from "./tables.ts";

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What a stranger can compare of an answer: all but the random challenge. */
const shape = ({ status, headers, body }: Answer): unknown => ({
  status,
  names: [...headers.keys()].filter((name) => name !== "date"),
  body: { ...body, challenge: typeof body.challenge },
});

const nextCode = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

eachEngine("signing in by a code over real mail", migrations, async (t, database) => {
  const server = await startAccounts(t, database);

  await t.test("the page learns the ways in", async () => {
    const { status, body } = await openBrowser(server).get("/api/sign-in");
    assert.equal(status, 200);
    assert.deepEqual(body, {
      providers: [{ id: "email", title: "Email", way: "code" }],
      localMailbox: false,
      humanCheck: null,
    });
  });

  await t.test("from asking to signed in", async () => {
    const browser = openBrowser(server);
    const asked = await browser.post("/api/sign-in/email", { email: " Ada@Example.com " });
    assert.equal(asked.status, 202);
    assert.match(asked.body.challenge, /^[\w-]{43}$/);
    assert.equal(asked.body.expiresAt, "2026-11-20T08:10:00.000Z");
    assert.equal(browser.session, null, "asking signs nobody in");
    assert.equal(await countRows(database, "users"), 0, "nor does it make anyone");

    const mail = await server.peer.take("ada@example.com");
    const [code = ""] = /\b\d{6}\b/.exec(mail.text) ?? [];
    const proof = { challenge: asked.body.challenge, code };
    const answer = await browser.post("/api/sign-in/email/verify", proof);
    assert.equal(answer.status, 200);
    assert.match(answer.body.user.id, UUID);
    assert.match(answer.body.user.createdAt, ISO);
    assert.equal(answer.body.user.label, "ada@example.com");
    assert.equal(answer.headers.get("cache-control"), "no-store");

    const session = await browser.get("/api/session");
    assert.deepEqual(session.body, answer.body);
    const [identity] = session.body.user.identities;
    assert.deepEqual(Object.keys(identity).toSorted(), ["createdAt", "id", "issuer", "label"]);
    assert.deepEqual([identity.issuer, identity.label], ["email", "ada@example.com"]);
  });

  await t.test("the same person however the address is typed, in every browser", async () => {
    const [one, other] = [openBrowser(server), openBrowser(server)];
    const user = await one.signIn("grace@example.com");
    assert.deepEqual(await other.signIn("GRACE@example.com"), user);
    assert.notEqual(one.session, other.session);
  });

  await t.test("no answer tells whether an account exists", async () => {
    await openBrowser(server).signIn("known@example.com");
    const [known, unknown] = await Promise.all(
      ["known@example.com", "unknown@example.com"].map((email) =>
        openBrowser(server).post("/api/sign-in/email", { email }),
      ),
    );
    assert.ok(known && unknown);
    assert.deepEqual(shape(known), shape(unknown));
    const wrong = async ({ body }: Answer, email: string): Promise<Answer> => {
      const [code = ""] = /\b\d{6}\b/.exec((await server.peer.take(email, /sign-in code/)).text) ?? [];
      return openBrowser(server).post("/api/sign-in/email/verify", { challenge: body.challenge, code: nextCode(code) });
    };
    assert.deepEqual(
      shape(await wrong(known, "known@example.com")),
      shape(await wrong(unknown, "unknown@example.com")),
    );
  });

  await t.test("every refusal is the same answer", async () => {
    const browser = openBrowser(server);
    const [wrong, used, expired, tired] = [
      await browser.askForCode("w@example.com"),
      await browser.askForCode("u@example.com"),
      await browser.askForCode("e@example.com"),
      await browser.askForCode("t@example.com"),
    ];
    const verify = (proof: unknown): Promise<Answer> => openBrowser(server).post("/api/sign-in/email/verify", proof);
    await verify(used);
    for (let tries = 0; tries < 5; tries += 1) await verify({ ...tired, code: nextCode(tired.code) });
    const answers = [
      await verify({ ...wrong, code: nextCode(wrong.code) }),
      await verify(used),
      await verify(tired),
      await verify({ challenge: "unknown", code: "123456" }),
      await verify({ challenge: "", code: "" }),
    ];
    server.clock.pass(600);
    answers.push(await verify(expired));
    for (const answer of answers) assert.deepEqual(shape(answer), shape(answers[0] ?? assert.fail()));
    assert.deepEqual(answers[0]?.body, {
      error: "invalid_code",
      error_description: "This code is wrong, used, or no longer valid.",
      next: "Check the newest message, or ask for a new code.",
      request_id: "request-1",
    });
    assert.equal(answers[0]?.status, 400);
  });

  await t.test("many guesses at once never get past 5", async () => {
    const { challenge, code } = await openBrowser(server).askForCode("target@example.com");
    const guesses = Array.from({ length: 15 }, () =>
      openBrowser(server).post("/api/sign-in/email/verify", { challenge, code: nextCode(code) }),
    );
    assert.deepEqual(new Set((await Promise.all(guesses)).map(({ body }) => body.error)), new Set(["invalid_code"]));
    const late = await openBrowser(server).post("/api/sign-in/email/verify", { challenge, code });
    assert.equal(late.body.error, "invalid_code");
  });

  await t.test("one code signs in once, also when used many times at once", async () => {
    const proof = await openBrowser(server).askForCode("once@example.com");
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => openBrowser(server).post("/api/sign-in/email/verify", proof)),
    );
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 400, 400, 400, 400]);
  });

  await t.test("mail that cannot be sent: nothing is half done, and a later try works", async () => {
    const browser = openBrowser(server);
    const before = await countRows(database, "sign_in_codes");
    server.peer.refuseWith("Mailbox full");
    const refused = await browser.post("/api/sign-in/email", { email: "late@example.com" });
    server.peer.refuseWith(null);
    assert.deepEqual([refused.status, refused.body.error], [503, "unavailable"]);
    assert.equal(await countRows(database, "sign_in_codes"), before);
    assert.equal((await browser.signIn("late@example.com")).label, "late@example.com");
  });

  await t.test("nothing in the database or the log opens anything", async () => {
    const browser = openBrowser(server);
    const pending = await browser.askForCode("vera@example.com");
    await browser.signIn("vera@example.com");
    const kept = (await dumpTables(database)) + inspect(server.faults, { depth: 9 });
    for (const secret of [pending.challenge, pending.code, browser.session ?? assert.fail()]) {
      assert.ok(!kept.includes(secret));
      assert.ok(!kept.includes(Buffer.from(secret).toString("hex")));
    }
  });
});

eachEngine("signing in by a Privy token", migrations, async (t, database) => {
  const signer = await createPrivySigner();
  const jwksUrl = await signer.publish(t);
  const privy = createPrivyIdentity({ appId: PRIVY_APP, verificationKey: undefined, jwksUrl });
  const server = await startAccounts(t, database, { providers: [privy] });
  const tokenOf = (sub: string, claims = {}): Promise<string> => signer.token(sub, server.clock(), claims);

  await t.test("is offered beside email", async () => {
    const { body } = await openBrowser(server).get("/api/sign-in");
    assert.deepEqual(body.providers, [
      { id: "email", title: "Email", way: "code" },
      { id: "privy", title: "Privy", way: "elsewhere" },
    ]);
  });

  await t.test("signs in the person whose DID it is", async () => {
    const browser = openBrowser(server);
    const answer = await browser.post("/api/sign-in/privy", { token: await tokenOf("did:privy:ada") });
    assert.equal(answer.status, 200);
    assert.equal(answer.body.user.identities[0].issuer, "privy.io");
    assert.deepEqual((await browser.get("/api/session")).body, answer.body);
    const again = await server.accounts.signInWithToken("privy", await tokenOf("did:privy:ada"));
    assert.deepEqual(again, { userId: answer.body.user.id, subject: "did:privy:ada" });
  });

  await t.test("makes nobody of a token that is another person's than it was sent for", async () => {
    const before = await countRows(database, "users");
    const token = await tokenOf("did:privy:stranger");
    const asAda = server.accounts.signInWithToken("privy", token, "did:privy:ada");
    await assert.rejects(asAda, { code: "invalid_token" });
    assert.equal(await countRows(database, "users"), before);
    assert.equal(
      (await server.accounts.signInWithToken("privy", token, "did:privy:stranger")).subject,
      "did:privy:stranger",
    );
  });

  await t.test("makes one user, however many first sign-ins come at once", async () => {
    const before = await countRows(database, "users");
    const tokens = await Promise.all(Array.from({ length: 8 }, () => tokenOf("did:privy:twins")));
    const viaBrowser = tokens.slice(0, 4).map(async (token) => {
      const { body } = await openBrowser(server).post("/api/sign-in/privy", { token });
      return String(body.user.id);
    });
    const viaToken = tokens
      .slice(4)
      .map(async (token) => (await server.accounts.signInWithToken("privy", token)).userId);
    assert.equal(new Set(await Promise.all([...viaBrowser, ...viaToken])).size, 1);
    assert.equal((await countRows(database, "users")) - before, 1);
  });

  await t.test("is never joined by an address that is equal", async () => {
    const byMail = await openBrowser(server).signIn("mary@example.com");
    const claims = { email: "mary@example.com", linked_accounts: '[{"type":"email","address":"mary@example.com"}]' };
    const { body } = await openBrowser(server).post("/api/sign-in/privy", {
      token: await tokenOf("did:privy:mary", claims),
    });
    assert.notEqual(body.user.id, byMail.id);
    assert.equal(body.user.identities.length, 1);
  });

  await t.test("is refused when expired or foreign, and signs nobody in", async () => {
    const browser = openBrowser(server);
    const before = await countRows(database, "users");
    const foreign = await createPrivySigner();
    const tokens = [
      await tokenOf("did:privy:eve", { exp: 1 }),
      await tokenOf("did:privy:eve", { aud: "another-app" }),
      await foreign.token("did:privy:eve", server.clock()),
      "garbage",
    ];
    for (const token of tokens) {
      const { status, body } = await browser.post("/api/sign-in/privy", { token });
      assert.deepEqual([status, body.error], [401, "invalid_token"]);
    }
    assert.equal(browser.session, null);
    assert.equal(await countRows(database, "users"), before);
    assert.ok(!inspect(server.faults, { depth: 9 }).includes(tokens[0] ?? assert.fail()));
  });

  await t.test("is not found where it is not set up", async () => {
    await assert.rejects(server.accounts.signInWithToken("other", "token"), { code: "not_found" });
    assert.equal((await openBrowser(server).post("/api/sign-in/other", { token: "token" })).status, 404);
  });
});
