import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createAuthenticator } from "../accounts/authenticator.ts";
import { openBrowser } from "../accounts/browser.ts";
import { startWhole } from "./whole-server.ts";

/** Longer than a sign-in counts as one of now. */
const STALE = 360;

/** A person with a passkey and a limit, whose sign-in is a while ago: the cookie is all that is left of it. */
async function stage(t: TestContext) {
  const server = await startWhole(t);
  const ada = openBrowser(server);
  await ada.signIn("ada@example.com");
  const authenticator = createAuthenticator(server.baseUrl);
  const { body: options } = await ada.post("/api/passkeys/options", {});
  const passkey = { label: "Laptop", credential: authenticator.create(options) };
  const { status, body: added } = await ada.post("/api/passkeys", passkey);
  assert.equal(status, 201, JSON.stringify(added));
  assert.equal((await ada.put("/api/spending/caps", { caps: [cap("100")] })).status, 200);
  assert.equal((await ada.patch("/api/spending", { recipientsOnly: true })).status, 200);
  server.clock.pass(STALE);
  /** What a passkey answers to a digest. */
  const answer = async (digest: string) =>
    authenticator.get((await ada.post("/api/passkeys/challenge", { digest })).body);
  return { ...server, ada, answer, passkeyId: String(added.id) };
}

const cap = (perTransaction: string) => ({ asset: "usd", perTransaction, rolling: null });
const pause = (paused: boolean) => ({ paused });

test("with a stolen cookie a protection can be made stricter, and none laxer", async (t) => {
  const server = await stage(t);
  const { ada, answer, clock, passkeyId } = server;
  const state = async () => ({
    spending: (await ada.get("/api/spending")).body,
    pausedAt: (await ada.get("/api/pause")).body.pausedAt,
    notices: (await ada.get("/api/notices")).body,
    passkeys: (await ada.get("/api/passkeys")).body,
    ways: (await ada.get("/api/session")).body.user.identities.length,
  });
  const [way] = (await ada.get("/api/session")).body.user.identities;
  const browserId = "0190c3a0-0000-7000-8000-000000000000";
  const loosening = [
    ["resume", () => ada.put("/api/pause", pause(false))],
    ["a larger cap", () => ada.put("/api/spending/caps", { caps: [cap("40.01")] })],
    ["no cap", () => ada.put("/api/spending/caps", { caps: [] })],
    ["anyone may be paid", () => ada.patch("/api/spending", { recipientsOnly: false })],
    ["a new recipient", () => ada.post("/api/spending/recipients", { recipient: "thief", label: "Rent" })],
    ["a recipient named anew", () => ada.post("/api/spending/recipients", { recipient: "rent", label: "Rent" })],
    ["no mail", () => ada.patch("/api/notices", { email: false })],
    ["no push", () => ada.delete(`/api/notices/browsers/${browserId}`)],
    ["one way less to sign in", () => ada.delete(`/api/identities/${way.id}`)],
    ["no passkey", () => ada.delete(`/api/passkeys/${passkeyId}`)],
    ["no account", () => ada.delete("/api/account", {}, { confirm: "ada@example.com" })],
  ] as const;

  await t.test("stricter is one click", async () => {
    for (const answered of [
      await ada.put("/api/pause", pause(true)),
      await ada.put("/api/spending/caps", { caps: [cap("40"), { asset: "SOL", perTransaction: "1" }] }),
      await ada.put("/api/spending/caps", { caps: [cap("40"), { asset: "SOL", perTransaction: "0.5" }] }),
      await ada.patch("/api/spending", { recipientsOnly: true }),
      await ada.patch("/api/notices", { email: true }),
    ])
      assert.equal(answered.status, 200, JSON.stringify(answered.body));
  });

  await t.test("laxer is refused, says how to go on, and changes nothing", async () => {
    const before = await state();
    for (const [name, loosen] of loosening) {
      const { status, body } = await loosen();
      assert.deepEqual([status, body.error, body.ways], [403, "fresh_sign_in_required", ["passkey", "sign_in"]], name);
      assert.equal(body.next, "Use your passkey, or sign in again.", name);
      assert.match(body.digest, /^[a-z_]+:[\w-]{43}$/, name);
    }
    assert.deepEqual(await state(), before);
  });

  await t.test("each try leaves a receipt, by which the person sees it", async () => {
    const { receipts } = (await ada.get("/receipts?outcome=refused&limit=100")).body;
    const refused = receipts.filter(({ code }: { code: string }) => code === "fresh_sign_in_required");
    assert.equal(refused.length, loosening.length);
  });

  await t.test("a passkey's answer is good for what was asked, with these arguments, once", async () => {
    const raise = (perTransaction: string, passkey?: object) =>
      ada.put("/api/spending/caps", { caps: [cap(perTransaction)], passkey });
    const { digest } = (await raise("500")).body;
    const refusedBy = async (answered: Promise<{ body: { error: string } }>) =>
      assert.equal((await answered).body.error, "passkey_refused");
    await refusedBy(raise("50000", await answer(digest)));
    await refusedBy(raise("500", await answer((await ada.put("/api/pause", pause(false))).body.digest)));
    const used = await answer(digest);
    const raised = await raise("500", used);
    assert.equal(raised.status, 200, JSON.stringify(raised.body));
    assert.equal(raised.body.caps[0].perTransaction, "500");
    assert.equal((await raise("40")).status, 200, "stricter again is one click");
    await refusedBy(raise("500", used));
  });

  await t.test("resuming takes a passkey, and the same call may then be sent under the same operation id", async () => {
    const key = { "idempotency-key": "resume-on-a-monday" };
    const { digest } = (await ada.put("/api/pause", pause(false), key)).body;
    const body = { paused: false, passkey: await answer(digest) };
    const resumed = await ada.put("/api/pause", body, key);
    assert.equal(resumed.status, 200, JSON.stringify(resumed.body));
    assert.equal(resumed.body.pausedAt, null);
    // The answer was lost on its way: sent again as it was, it gets the same one, though its passkey's answer is used up.
    const again = await ada.put("/api/pause", body, key);
    assert.deepEqual([again.status, again.body], [200, resumed.body]);
  });

  await t.test("a wrong passkey does nothing, and leaves the receipt that any refusal leaves", async () => {
    const refusals = async () => (await ada.get("/receipts?tool=remove_passkey&outcome=refused")).body.receipts.length;
    const before = await refusals();
    const elsewhere = await answer((await ada.delete(`/api/identities/${way.id}`)).body.digest);
    const { status, body } = await ada.delete(
      `/api/passkeys/${passkeyId}`,
      { "content-type": "application/json" },
      { passkey: elsewhere },
    );
    assert.deepEqual([status, body.error], [403, "passkey_refused"]);
    assert.equal(await refusals(), before + 1);
    assert.equal((await ada.get("/api/passkeys")).body.passkeys.length, 1);
  });

  await t.test("or a sign-in of now, in this very browser and as this very person", async () => {
    assert.equal((await ada.put("/api/pause", pause(true))).status, 200);
    await openBrowser(server).signIn("ada@example.com");
    assert.equal((await ada.put("/api/pause", pause(false))).body.error, "fresh_sign_in_required");
    await ada.signIn("ada@example.com");
    assert.equal((await ada.put("/api/pause", pause(false))).status, 200);
    assert.equal((await ada.patch("/api/spending", { recipientsOnly: false })).status, 200);
    const added = await ada.post("/api/spending/recipients", { recipient: "rent", label: "Rent" });
    assert.equal(added.status, 200, JSON.stringify(added.body));
    clock.pass(STALE);
    assert.equal((await ada.put("/api/spending/caps", { caps: [] })).body.error, "fresh_sign_in_required");
  });
});

test("who has no passkey is told to sign in again, and nothing but that", async (t) => {
  const server = await startWhole(t);
  const ben = openBrowser(server);
  await ben.signIn("ben@example.com");
  assert.equal((await ben.put("/api/pause", pause(true))).status, 200);
  server.clock.pass(STALE);
  const { body } = await ben.put("/api/pause", pause(false));
  assert.deepEqual([body.error, body.ways], ["fresh_sign_in_required", ["sign_in"]]);
  assert.equal(body.next, "Sign in again, and do it then.");
});
