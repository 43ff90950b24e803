import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { addPasskey, startPasskeys } from "../accounts/passkey-rig.ts";
import { createAuthenticator } from "../accounts/authenticator.ts";
import { openBrowser as openProgram } from "../accounts/browser.ts";
import { migrations } from "../accounts/server.ts";
import { freePort } from "../bellhop.ts";
import { addPasskeyDevice, openBrowser } from "../browser.ts";
import { openTestDatabase } from "../database.ts";

const DIGEST = "ZGVsZXRlIHR3byBpdGVtcw";

/** What the browser's own functions and our server say, read. */
type Parsed = ReturnType<typeof JSON.parse>;

/** Asks our server from the page, with the page's own cookie. */
const ask = (page: Page, method: string, path: string, body?: unknown): Promise<{ status: number; body: Parsed }> =>
  page.evaluate(
    async ([how, where, what]) => {
      const json = { headers: { "content-type": "application/json" }, body: JSON.stringify(what) };
      const response = await fetch(where, { method: how, ...(what === undefined ? {} : json) });
      return { status: response.status, body: await response.json() };
    },
    [method, path, body] as const,
  );

/** `navigator.credentials.create` or `get` in the page, by the options that our server gave. */
const ceremony = (page: Page, kind: "create" | "get", options: Parsed): Promise<Parsed> =>
  page.evaluate(
    async ([which, given]) => {
      const credential =
        which === "create"
          ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(given) })
          : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(given) });
      if (!(credential instanceof PublicKeyCredential)) throw new Error("The browser gave nothing.");
      return credential.toJSON();
    },
    [kind, options] as const,
  );

/** A person's browser with an authenticator of its own, signed in at a server of this test. */
async function stage(t: TestContext) {
  const database = await openTestDatabase(t, "pglite", migrations);
  t.after(() => database.close());
  const port = await freePort();
  const baseUrl = `http://localhost:${port}`;
  const server = await startPasskeys(t, database, { baseUrl, port });
  const context = await openBrowser(t);
  const page = await context.newPage();
  await page.goto(`${baseUrl}/app/passkeys`);
  const device = await addPasskeyDevice(page);
  const signIn = async (email: string): Promise<void> => {
    const { challenge } = (await ask(page, "POST", "/api/sign-in/email", { email })).body;
    const code = /\b\d{6}\b/.exec((await server.peer.take(email, /sign-in code/)).text)?.[0];
    assert.equal((await ask(page, "POST", "/api/sign-in/email/verify", { challenge, code })).status, 200);
  };
  const add = async () => {
    const options = await ask(page, "POST", "/api/passkeys/options", {});
    assert.equal(options.status, 200, JSON.stringify(options.body));
    return ceremony(page, "create", options.body);
  };
  const answer = async (digest = DIGEST) => {
    const options = await ask(page, "POST", "/api/passkeys/challenge", { digest });
    assert.equal(options.status, 200, JSON.stringify(options.body));
    return ceremony(page, "get", options.body);
  };
  const decide = (passkey?: Parsed) => ask(page, "POST", "/test/decide", { digest: DIGEST, passkey });
  return { server, baseUrl, page, device, signIn, add, answer, decide };
}

/** The client data of an answer with other members: what a page elsewhere would have made. */
function withClientData(credential: Parsed, bent: object): Parsed {
  const plain = JSON.parse(Buffer.from(credential.response.clientDataJSON, "base64url").toString("utf8"));
  const clientDataJSON = Buffer.from(JSON.stringify({ ...plain, ...bent })).toString("base64url");
  return { ...credential, response: { ...credential.response, clientDataJSON } };
}

/** An answer with one byte of one part turned over. */
function turned(credential: Parsed, part: string, at: number): Parsed {
  const bytes = Buffer.from(credential.response[part], "base64url");
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return { ...credential, response: { ...credential.response, [part]: bytes.toString("base64url") } };
}

test("a passkey of a real browser is added, and proves its person when the sign-in is long ago", async (t) => {
  const { server, page, signIn, add, answer, decide } = await stage(t);
  await signIn("ada@example.com");
  const added = await ask(page, "POST", "/api/passkeys", { label: "This laptop", credential: await add() });
  assert.equal(added.status, 201, JSON.stringify(added.body));
  server.clock.pass(3600);
  const refused = await decide();
  assert.deepEqual([refused.status, refused.body.ways], [403, ["passkey", "sign_in"]]);
  const passkey = await answer();
  assert.deepEqual((await decide(passkey)).body, { how: "passkey" });
  assert.equal((await decide(passkey)).body.error, "passkey_refused", "an answer is good once");

  const again = page.evaluate(
    (options) =>
      navigator.credentials
        .create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        .then(String, (error: Error) => error.name),
    (await ask(page, "POST", "/api/passkeys/options", { passkey: await answer("passkeys:add") })).body,
  );
  assert.equal(await again, "InvalidStateError", "the same authenticator is not added twice");

  const remove = (body?: object) => ask(page, "DELETE", `/api/passkeys/${added.body.id}`, body);
  const { digest } = (await remove()).body;
  const removed = await remove({ passkey: await answer(digest) });
  assert.equal(removed.status, 200, JSON.stringify(removed.body));
  assert.deepEqual((await ask(page, "GET", "/api/passkeys")).body.passkeys, []);
});

test("nothing of a real authenticator's answer can be changed, and no other person's is taken", async (t) => {
  const { server, page, device, signIn, add, answer, decide } = await stage(t);
  await signIn("grace@example.com");
  const post = (credential: Parsed) => ask(page, "POST", "/api/passkeys", { label: "x", credential });
  for (const bend of [
    (credential: Parsed) => withClientData(credential, { origin: "https://evil.example" }),
    (credential: Parsed) => withClientData(credential, { challenge: "A".repeat(43) }),
    (credential: Parsed) => withClientData(credential, { type: "webauthn.get" }),
    (credential: Parsed) => withClientData(credential, { crossOrigin: true }),
  ]) {
    const credential = await add();
    assert.equal((await post(bend(credential))).body.error, "passkey_refused");
    await device.devtools.send("WebAuthn.clearCredentials", { authenticatorId: device.authenticatorId });
  }
  assert.equal((await post(await add())).status, 201);
  for (const bend of [
    (passkey: Parsed) => withClientData(passkey, { origin: "https://evil.example" }),
    (passkey: Parsed) => withClientData(passkey, { challenge: "A".repeat(43) }),
    (passkey: Parsed) => withClientData(passkey, { extra: 1 }),
    (passkey: Parsed) => turned(passkey, "authenticatorData", 0),
    (passkey: Parsed) => turned(passkey, "authenticatorData", 33),
    (passkey: Parsed) => turned(passkey, "authenticatorData", 36),
    (passkey: Parsed) => turned(passkey, "signature", 20),
    (passkey: Parsed) => turned(passkey, "userHandle", 3),
  ]) {
    assert.equal((await decide(bend(await answer()))).body.error, "passkey_refused", String(bend));
  }
  assert.equal((await decide(await answer())).status, 200);

  // Somebody else, with a passkey of their own, at the same server: their question, the first person's answer.
  const other = openProgram(server);
  await other.signIn("mallory@example.com");
  await addPasskey(other, createAuthenticator(server.baseUrl));
  const { body } = await other.post("/api/passkeys/challenge", { digest: DIGEST });
  const { allowCredentials: _theirs, ...open } = body;
  const answered = await ceremony(page, "get", open);
  const tried = await other.post("/test/decide", { digest: DIGEST, passkey: answered });
  assert.deepEqual([tried.status, tried.body.error], [403, "passkey_refused"]);
});

test("an authenticator that cannot verify its person is of no use, and its count may not go back", async (t) => {
  const { page, device, signIn, add, answer, decide } = await stage(t);
  const { devtools, authenticatorId, setAgrees } = device;
  await signIn("hedy@example.com");
  const post = (credential: Parsed) => ask(page, "POST", "/api/passkeys", { label: "x", credential });
  assert.equal((await post(await add())).status, 201);
  assert.equal((await decide(await answer())).status, 200);
  const { credentials } = await devtools.send("WebAuthn.getCredentials", { authenticatorId });
  const [copy] = credentials;
  assert.ok(copy && copy.signCount > 0);
  assert.equal((await decide(await answer())).status, 200);
  // The copy that was made of it a while ago.
  await devtools.send("WebAuthn.removeCredential", { authenticatorId, credentialId: copy.credentialId });
  await devtools.send("WebAuthn.addCredential", { authenticatorId, credential: copy });
  assert.equal((await decide(await answer())).body.error, "passkey_refused");

  await setAgrees(false);
  await assert.rejects(answer(), /NotAllowedError/, "the browser itself does not answer");
});
