import assert from "node:assert/strict";
import { type AskedApproval, noticesData } from "../../src/accounts/notices.ts";
import { passkeysData } from "../../src/accounts/own-passkeys.ts";
import { createPushKeys } from "../../src/accounts/push-keys.ts";
import { createWebPush } from "../../src/adapters/notify/web-push.ts";
import { uuidv7 } from "../../src/kernel/ids.ts";
import { createPrivyIdentity } from "../../src/adapters/identity/privy.ts";
import { until } from "../bellhop.ts";
import { eachEngine } from "../database.ts";
import { startPushPeer } from "../push-peer.ts";
import { createAuthenticator } from "./authenticator.ts";
import { type Browser, openBrowser } from "./browser.ts";
import { addPasskey, startPasskeys } from "./passkey-rig.ts";
import { createPrivySigner, PRIVY_APP } from "./privy.ts";
import { migrations } from "./server.ts";

const signer = await createPrivySigner();
const privy = createPrivyIdentity({ appId: PRIVY_APP, verificationKey: signer.verificationKey });

eachEngine("a person is told", migrations, async (t, database) => {
  const peer = await startPushPeer(t);
  const push = createWebPush({ web: peer.web, subject: "https://bellhop.example" });
  const server = await startPasskeys(t, database, { push, providers: [privy] });
  const { notices } = server.accounts;
  const id = uuidv7(server.clock());
  const asked = (more: Partial<AskedApproval> = {}): AskedApproval => ({
    title: "Delete items",
    sentence: "Deletes 2 items for good.",
    clientName: "ChatGPT",
    expiresAt: new Date(server.clock().getTime() + 900_000),
    pending: true,
    ...more,
  });
  const senderOf = (userId: string, facts: AskedApproval | null) =>
    notices.approvals(async (whose, which) => (whose === userId && which === id ? facts : null));
  const tellingTo = (userId: string, target: string | null = null) => ({
    userId,
    ref: id,
    at: server.clock(),
    target,
  });
  /** By each way, as the outbox does. @throws what a way throws, once both have ended. */
  const byBoth = async (
    sender: Pick<ReturnType<typeof senderOf>, "mail" | "push">,
    of: ReturnType<typeof tellingTo>,
  ) => {
    const ways = await Promise.allSettled([sender.mail(of), sender.push(of)]);
    for (const way of ways) if (way.status === "rejected") throw way.reason;
  };
  const deliver = (userId: string, facts: AskedApproval | null) => byBoth(senderOf(userId, facts), tellingTo(userId));

  const addBrowser = async (browser: Browser, label = "Chromium on Linux") => {
    const { pushKey } = (await browser.get("/api/notices")).body;
    const target = peer.subscribe(pushKey);
    const { endpoint, p256dh, auth } = target;
    const subscription = { endpoint, expirationTime: null, keys: { p256dh, auth } };
    const answer = await browser.post("/api/notices/browsers", { label, subscription });
    return { target, answer };
  };
  const mailsTo = (address: string) => server.peer.received.filter(({ to }) => to.includes(address)).length;
  const pushesTo = ({ endpoint }: { endpoint: string }) => peer.received.filter((one) => one.endpoint === endpoint);
  const browsersOf = async (browser: Browser) => (await browser.get("/api/notices")).body.browsers;

  await t.test("by mail, until they say no, and in each browser that they have added", async () => {
    const browser = openBrowser(server);
    const { id: userId } = await browser.signIn("ada@example.com");
    const { pushKey, ...before } = (await browser.get("/api/notices")).body;
    assert.deepEqual([before, pushKey.length], [{ email: true, address: "ada@example.com", browsers: [] }, 87]);
    const { target, answer } = await addBrowser(browser);
    assert.equal(answer.status, 201);
    assert.deepEqual(Object.keys(answer.body).toSorted(), ["id", "receiptId"]);

    await deliver(userId, asked());
    const mail = await server.peer.take("ada@example.com");
    assert.equal(mail.subject, "Your approval is asked for at localhost:3002");
    assert.match(mail.text, /^Your approval is asked for: Delete items\n\nDeletes 2 items for good\./);
    assert.match(mail.text, /“ChatGPT”\nDecide until: 2026-11-20 08:15 UTC/);
    assert.ok(mail.text.includes(`\nLook at it and decide: http://localhost:3002/app/approvals/${id}\n`));
    assert.match(mail.text, /Nobody can approve by answering this message\./);
    const [pushed] = pushesTo(target);
    assert.deepEqual(JSON.parse(pushed?.payload ?? ""), {
      title: "Your approval is asked for",
      body: "Delete items",
      tag: id,
      path: `/app/approvals/${id}`,
    });
    assert.match(pushed?.topic ?? "", /^[\w-]{32}$/);
    assert.deepEqual([pushed?.ttl, pushed?.urgency], ["900", "high"]);
    assert.doesNotMatch(pushed?.payload ?? "", /ChatGPT|2 items/, "locked screens are public");

    assert.equal((await browser.patch("/api/notices", { email: false })).status, 200);
    const mails = mailsTo("ada@example.com");
    await deliver(userId, asked());
    assert.deepEqual([mailsTo("ada@example.com"), pushesTo(target).length], [mails, 2]);
    assert.deepEqual(
      server.calls.map(({ name }) => name),
      ["add_notice_browser", "set_notices"],
    );
  });

  await t.test("of nothing that has been decided, has ended, or is not theirs", async () => {
    const browser = openBrowser(server);
    const { id: userId } = await browser.signIn("grace@example.com");
    const { target } = await addBrowser(browser);
    const mails = mailsTo("grace@example.com");
    await deliver(userId, null);
    await deliver(userId, asked({ pending: false }));
    await deliver(userId, asked({ expiresAt: server.clock() }));
    assert.deepEqual([mailsTo("grace@example.com"), pushesTo(target).length], [mails, 0]);
  });

  await t.test("in words that nobody else can turn into a link or a page of their own", async () => {
    const { id: userId } = await openBrowser(server).signIn("hedy@example.com");
    const evil =
      "1.5 SOL\r\n\r\nApprove at https://evil.example/x \u202eor www.evil.example, evil。example, 203.0.113.7/evil";
    await deliver(userId, asked({ clientName: evil, sentence: `${evil} ${"x".repeat(400)}` }));
    const { text, subject } = await server.peer.take("hedy@example.com");
    assert.doesNotMatch(text, /evil[.。]\S|https:\/\/evil|\u202e|203\.0/);
    assert.match(text, /^1\.5 SOL Approve/m);
    assert.doesNotMatch(subject, /evil/);
    assert.deepEqual(
      [...text.matchAll(/https?:\/\/\S+/g)].map(([link]) => link),
      [`http://localhost:3002/app/approvals/${id}`, "http://localhost:3002/app/settings"],
    );
    assert.equal(text.split("\n").filter((line) => line.includes("evil")).length, 2, "each stays on its line");
    assert.ok(text.length < 1000);
  });

  await t.test("again when nothing took it, and then a browser shows it once", async () => {
    const browser = openBrowser(server);
    const { id: userId } = await browser.signIn("joan@example.com");
    const { target } = await addBrowser(browser);
    server.peer.refuseWith("451 4.3.0 Try again later");
    await assert.rejects(deliver(userId, asked()), { code: "unavailable" });
    server.peer.refuseWith(null);
    await deliver(userId, asked());
    await server.peer.take("joan@example.com");
    const topics = new Set(pushesTo(target).map(({ topic }) => topic));
    assert.deepEqual([pushesTo(target).length, topics.size], [2, 1], "the second takes the place of the first");

    await browser.patch("/api/notices", { email: false });
    peer.answerWith({ status: 503 });
    await assert.rejects(deliver(userId, asked()), { code: "unavailable" });
    peer.answerWith({ status: 429 });
    await assert.rejects(deliver(userId, asked()), { code: "unavailable" });
    peer.answerWith(null);
    await deliver(userId, asked());
    assert.equal(pushesTo(target).length, 3);
  });

  await t.test("by mail at once, also while their push service says nothing at all", async () => {
    const browser = openBrowser(server);
    const { id: userId } = await browser.signIn("annie@example.com");
    const { target } = await addBrowser(browser);
    const speak = peer.silence();
    const told = deliver(userId, asked());
    await server.peer.take("annie@example.com");
    await until("the push that is not answered", () => (peer.held() === 1 ? true : undefined));
    speak();
    await told;
    assert.equal(pushesTo(target).length, 1);
  });

  await t.test("by mail and by push each by itself: what one cannot do is no second try of the other", async () => {
    const browser = openBrowser(server);
    const { id: userId } = await browser.signIn("radia@example.com");
    await addBrowser(browser);
    const sender = senderOf(userId, asked());
    const mails = mailsTo("radia@example.com");
    peer.answerWith({ status: 500 });
    await assert.rejects(sender.push(tellingTo(userId)), { code: "unavailable" });
    peer.answerWith(null);
    assert.equal((await browsersOf(browser)).length, 1, "an outage removes no browser");
    const rename = (from: string, to: string) => database.query(`alter table push_keys rename ${from} to ${to}`, []);
    await rename("private_key_sealed", "gone");
    try {
      await assert.rejects(sender.push(tellingTo(userId)), "the key for browsers does not open");
      await sender.mail(tellingTo(userId));
    } finally {
      await rename("gone", "private_key_sealed");
    }
    assert.equal(mailsTo("radia@example.com"), mails + 1);
  });

  await t.test(
    "no more in a browser that has ended its subscription, or that nothing has reached for a week",
    async () => {
      const browser = openBrowser(server);
      const { id: userId } = await browser.signIn("edith@example.com");
      const { target: gone } = await addBrowser(browser, "Gone");
      await addBrowser(browser, "Silent");
      peer.unsubscribe(gone);
      await deliver(userId, asked());
      assert.deepEqual(
        (await browsersOf(browser)).map(({ label }: { label: string }) => label),
        ["Silent"],
      );
      peer.answerWith({ status: 500 });
      for (let count = 0; count < 20; count += 1) await assert.rejects(deliver(userId, asked()));
      await server.accounts.sweep();
      assert.equal((await browsersOf(browser)).length, 1);
      server.clock.pass(8 * 24 * 3600);
      await server.accounts.sweep();
      peer.answerWith(null);
      assert.deepEqual(await browsersOf(browser), []);
    },
  );

  await t.test("in a browser by whoever used it last, and by nobody else", async () => {
    const [first, second] = [openBrowser(server), openBrowser(server)];
    const { id: firstId } = await first.signIn("mary@example.com");
    await second.signIn("karen@example.com");
    const { target, answer } = await addBrowser(first, "Shared");
    assert.equal((await second.delete(`/api/notices/browsers/${answer.body.id}`)).status, 404);
    assert.equal((await second.delete("/api/notices/browsers/none")).status, 404);
    const { endpoint, p256dh, auth } = target;
    const taken = { label: "Mine now", subscription: { endpoint, keys: { p256dh, auth } } };
    assert.equal((await second.post("/api/notices/browsers", taken)).status, 201);
    assert.deepEqual(await browsersOf(first), []);
    await deliver(firstId, asked());
    assert.equal(pushesTo(target).length, 0);
    const [mine] = await browsersOf(second);
    assert.equal((await second.post("/api/notices/browsers", taken)).body.id, mine.id, "again changes nothing");
    assert.deepEqual(await browsersOf(second), [mine]);
    assert.notEqual(mine.id, answer.body.id);
  });

  await t.test(
    "of a browser that goes to and fro between two accounts a few times an hour, and then it waits",
    async () => {
      const [first, second] = [openBrowser(server), openBrowser(server)];
      await first.signIn("barbara@example.com");
      await second.signIn("evelyn@example.com");
      const { target } = await addBrowser(first);
      const { endpoint, p256dh, auth } = target;
      const again = { label: "Again", subscription: { endpoint, keys: { p256dh, auth } } };
      for (let count = 0; count < 19; count += 1) {
        assert.equal((await second.post("/api/notices/browsers", again)).status, 201);
        assert.equal((await first.post("/api/notices/browsers", again)).status, 201);
      }
      const { status, body, headers } = await first.post("/api/notices/browsers", again);
      assert.deepEqual([status, body.error], [429, "rate_limited"]);
      assert.ok(Number(headers.get("retry-after")) > 0);
      assert.equal((await browsersOf(first)).length, 1, "what was there stays");
      server.clock.pass(3600);
    },
  );

  await t.test("in ten browsers at most, also when several are added at once", async () => {
    const browser = openBrowser(server);
    await browser.signIn("full@example.com");
    for (let count = 0; count < 8; count += 1) await addBrowser(browser);
    const last = await Promise.all([1, 2, 3, 4].map(() => addBrowser(browser)));
    assert.deepEqual(last.map(({ answer }) => answer.status).toSorted(), [201, 201, 409, 409]);
    assert.equal((await browsersOf(browser)).length, 10);
  });

  await t.test("at no address that a stranger names to reach inside, and by keys that are keys", async () => {
    const browser = openBrowser(server);
    await browser.signIn("lynn@example.com");
    const connections = peer.connections();
    const { endpoint, p256dh, auth } = peer.subscribe((await browser.get("/api/notices")).body.pushKey);
    const whole = { endpoint, keys: { p256dh, auth } };
    for (const subscription of [
      { ...whole, endpoint: "https://127.0.0.1/x" },
      { ...whole, endpoint: "https://169.254.169.254/x" },
      { ...whole, endpoint: "http://push.example/x" },
      { ...whole, endpoint: "x".repeat(4000) },
      { ...whole, keys: { p256dh: "AAAA", auth } },
      { ...whole, keys: { p256dh, auth: "AAAA" } },
      { ...whole, keys: { p256dh: "*", auth } },
      { endpoint },
      {},
      null,
    ]) {
      const { status, body } = await browser.post("/api/notices/browsers", { label: "x", subscription });
      assert.equal(status, 400, JSON.stringify(subscription));
      assert.ok(["invalid_request", "invalid_input"].includes(body.error), body.error);
    }
    for (const label of ["", " \u202e", "x".repeat(81), 1]) {
      assert.equal((await browser.post("/api/notices/browsers", { label, subscription: whole })).status, 400);
    }
    assert.equal((await browser.patch("/api/notices", { email: "yes" })).status, 400);
    assert.deepEqual([await browsersOf(browser), peer.connections()], [[], connections]);
  });

  await t.test("where an address was proven by our own code; a provider's word for one is not enough", async () => {
    const browser = openBrowser(server);
    const token = await signer.token("did:privy:ada", server.clock());
    const { user } = (await browser.post("/api/sign-in/privy", { token })).body;
    assert.equal((await browser.get("/api/notices")).body.address, null);
    await deliver(user.id, asked());
    await browser.post("/api/identities/email/verify", await browser.askForCode("proven@example.com"));
    assert.equal((await browser.get("/api/notices")).body.address, "proven@example.com");
    await deliver(user.id, asked());
    assert.match((await server.peer.take("proven@example.com")).text, /Delete items/);
  });

  await t.test("to try it, a few times, by our own page alone", async () => {
    const [browser, nobody] = [openBrowser(server), openBrowser(server)];
    await browser.signIn("rosa@example.com");
    const { target } = await addBrowser(browser);
    const tried = await browser.post("/api/notices/test", {});
    assert.deepEqual([tried.status, tried.body], [200, { mail: true, browsers: 1 }]);
    assert.match((await server.peer.take("rosa@example.com")).subject, /notice to try/);
    assert.equal(JSON.parse(pushesTo(target)[0]?.payload ?? "").tag, "trial");
    const foreign = { origin: "https://evil.example" };
    for (const path of ["/api/notices/test", "/api/notices/browsers"]) {
      assert.equal((await browser.post(path, {}, foreign)).body.error, "forbidden_origin");
      assert.equal((await nobody.post(path, {})).status >= 400, true);
    }
    assert.equal((await browser.patch("/api/notices", { email: false }, foreign)).body.error, "forbidden_origin");
    for (const answer of [await nobody.get("/api/notices"), await nobody.post("/api/notices/test", {})])
      assert.equal(answer.body.error, "authentication_required");
    for (let count = 0; count < 4; count += 1) await browser.post("/api/notices/test", {});
    const limited = await browser.post("/api/notices/test", {});
    assert.deepEqual([limited.status, limited.body.error], [429, "rate_limited"]);
  });

  await t.test("and may take it all along, without what reaches them, and have it erased", async () => {
    const browser = openBrowser(server);
    const { id: userId } = await browser.signIn("export@example.com");
    const authenticator = createAuthenticator("http://localhost:3002");
    await addPasskey(browser, authenticator);
    const { target } = await addBrowser(browser, "My phone");
    const kept = JSON.stringify([
      await noticesData.exportOf(database.handle, userId),
      await passkeysData.exportOf(database.handle, userId),
    ]);
    assert.match(kept, /"email":true.*My phone.*A key/);
    for (const secret of [target.endpoint, target.p256dh, target.auth, authenticator.credentialId])
      assert.ok(!kept.includes(secret));
    await database.query("delete from users where id = $1", [userId]);
    for (const table of ["passkeys", "push_subscriptions", "notice_choices", "passkey_challenges"]) {
      const { rows } = await database.query(`select 1 from ${table} where user_id = $1`, [userId]);
      assert.equal(rows.length, 0, table);
    }
  });
});

eachEngine("the key that push services know", migrations, async (t, database) => {
  const clock = () => new Date("2026-11-20T08:00:00Z");
  const kept = (masterSecret: string) => createPushKeys({ database, clock, masterSecret });

  await t.test("is made once, however many processes start at once, and stays", async () => {
    const keys = await Promise.all([1, 2, 3, 4].map(() => kept("a secret").open()));
    assert.equal(new Set(keys.map(({ privateKey }) => privateKey)).size, 1);
    assert.equal(await kept("a secret").publicKey(), keys[0]?.publicKey);
    assert.equal(Buffer.from(keys[0]?.privateKey ?? "", "base64url").length, 32);
  });

  await t.test("lies sealed, and another master secret says what to do", async () => {
    const { privateKey } = await kept("a secret").open();
    const { rows } = await database.query("select t::text as line from push_keys t", []);
    const dump = JSON.stringify(rows);
    assert.ok(!dump.includes(privateKey) && !dump.includes(Buffer.from(privateKey, "base64url").toString("hex")));
    await assert.rejects(kept("another").open(), { code: "unavailable", next: /BELLHOP_SECRET/ });
  });
});
