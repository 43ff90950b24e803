import assert from "node:assert/strict";
import { securityTargets, tellingLater } from "../../src/accounts/telling-later.ts";
import { createWebPush } from "../../src/adapters/notify/web-push.ts";
import { uuidv7 } from "../../src/kernel/ids.ts";
import { eachEngine } from "../database.ts";
import { startPushPeer } from "../push-peer.ts";
import { type Browser, openBrowser } from "./browser.ts";
import { startPasskeys } from "./passkey-rig.ts";
import { migrations } from "./server.ts";

eachEngine("of what happened to their account a person is told", migrations, async (t, database) => {
  const peer = await startPushPeer(t);
  const push = createWebPush({ web: peer.web, subject: "https://bellhop.example" });
  const server = await startPasskeys(t, database, { push });
  const { notices } = server.accounts;
  const id = uuidv7(server.clock());
  const at = new Date("2026-11-20T09:30:00Z");
  const telling = (userId: string, target: string | null, ref = id) => ({ userId, ref, at, target });
  const pushesTo = ({ endpoint }: { endpoint: string }) => peer.received.filter((one) => one.endpoint === endpoint);

  const addBrowser = async (browser: Browser) => {
    const target = peer.subscribe((await browser.get("/api/notices")).body.pushKey);
    const { endpoint, p256dh, auth } = target;
    const added = { label: "Phone", subscription: { endpoint, keys: { p256dh, auth } } };
    const { status, body } = await browser.post("/api/notices/browsers", added);
    assert.equal(status, 201);
    return { target, added, browserId: String(body.id) };
  };

  await t.test("by mail whatever they chose, in words that nobody can bend, and by push without a name", async () => {
    const browser = openBrowser(server);
    const { id: userId } = await browser.signIn("lise@example.com");
    const { target, browserId } = await addBrowser(browser);
    assert.equal((await browser.patch("/api/notices", { email: false })).status, 200);
    const link = {
      clientName: `Claude❞\r\n\r\nIt answers at: "claude.ai”''. See https://evil.example/x \u202e`,
      redirectHost: `claude.ai.${"a".repeat(60)}.${"b".repeat(60)}.evil.example`,
      grants: ["Use the tools for you"],
    };
    const sender = notices.security("link_made", async () => link);
    await sender.mail(telling(userId, "lise@example.com"));
    await sender.push(telling(userId, browserId));
    const { text, subject } = await server.peer.take("lise@example.com", /linked/);
    assert.equal(subject, "An assistant was linked at localhost:3002");
    assert.match(
      text,
      /^An assistant was linked\.\n\nIt calls itself: “Claude' It answers at: 'claude\. ai'\. See https: \/\/evil\. example\/x”\n/,
    );
    assert.match(
      text,
      /\nIt answers at: claude\. ai\. a{60}\. b{60}\. evil\. example\nIt may:\n- Use the tools for you\nWhen: 2026-11-20 09:30 UTC\n/,
    );
    assert.deepEqual(
      [...text.matchAll(/https?:\/\/\S+/g)].map(([address]) => address),
      ["http://localhost:3002/app/linked-accounts", "http://localhost:3002/app/settings"],
    );
    const [pushed] = pushesTo(target);
    assert.deepEqual(JSON.parse(pushed?.payload ?? ""), {
      title: "An assistant was linked",
      body: "If this was not you, cut it off.",
      tag: `link_made ${id}`,
      path: "/app/linked-accounts",
    });
  });

  await t.test("in a browser that they removed, once and that alone", async () => {
    const browser = openBrowser(server);
    const { id: userId } = await browser.signIn("grace@example.com");
    const { target, added, browserId } = await addBrowser(browser);
    await notices.security("browser_added").push(telling(userId, browserId, browserId));
    assert.equal((await browser.delete(`/api/notices/browsers/${browserId}`)).status, 200);
    assert.deepEqual((await browser.get("/api/notices")).body.browsers, []);
    assert.equal((await browser.delete(`/api/notices/browsers/${browserId}`)).status, 404);
    const expiresAt = new Date(server.clock().getTime() + 900_000);
    const asked = { title: "Delete items", sentence: "x", clientName: "x", expiresAt, pending: true };
    await notices.approvals(async () => asked).push(telling(userId, browserId));
    assert.equal(pushesTo(target).length, 1, "of what waits for them it shows no more");
    const removed = notices.security("browser_removed");
    peer.answerWith({ status: 503 });
    await assert.rejects(removed.push(telling(userId, browserId, browserId)), { code: "unavailable" });
    peer.answerWith(null);
    for (let times = 0; times < 2; times += 1) await removed.push(telling(userId, browserId, browserId));
    const [first, second, ...more] = pushesTo(target);
    assert.match(second?.payload ?? "", /A browser was removed that showed your notices/);
    assert.notEqual(first?.topic, second?.topic, "that it went does not hide that it came");
    assert.deepEqual(more, []);
    // Added again it is a new one.
    const again = await browser.post("/api/notices/browsers", added);
    assert.equal(again.status, 201);
    assert.notEqual(again.body.id, browserId);
  });

  await t.test("no longer than a week in a browser that is gone, and added before that it is a new one", async () => {
    const browser = openBrowser(server);
    const { id: userId } = await browser.signIn("joan@example.com");
    const [gone, back] = [await addBrowser(browser), await addBrowser(browser)];
    for (const { browserId } of [gone, back]) await browser.delete(`/api/notices/browsers/${browserId}`);
    const again = await browser.post("/api/notices/browsers", back.added);
    assert.notEqual(again.body.id, back.browserId);
    server.clock.pass(8 * 24 * 3600);
    await server.accounts.sweep();
    await notices.security("browser_removed").push(telling(userId, gone.browserId, gone.browserId));
    assert.equal(pushesTo(gone.target).length, 0);
  });

  await t.test("at the ten addresses that they proved first, and at the one that goes", async () => {
    const browser = openBrowser(server);
    const { id: userId } = await browser.signIn("mary@example.com");
    for (let more = 1; more <= 11; more += 1) {
      server.clock.pass(1);
      const proof = await browser.askForCode(`mary-${more}@example.com`);
      assert.equal((await browser.post("/api/identities/email/verify", proof)).status, 201);
    }
    const oldest = ["mary@example.com", ...Array.from({ length: 9 }, (_, index) => `mary-${index + 1}@example.com`)];
    assert.deepEqual((await securityTargets(database.handle, userId)).to.mail, oldest);
    const { identities } = (await browser.get("/api/session")).body.user;
    const last = identities.at(-1);
    assert.equal(last.label, "mary-11@example.com");
    const told = await securityTargets(database.handle, userId, last.id);
    assert.deepEqual([told.to.mail, told.going.mail], [oldest, [last.label]]);
    const kept: unknown[] = [];
    const tellLater = tellingLater(async (_handle, { to, mostAnHour }) => void kept.push([to.mail, mostAnHour]));
    await tellLater(database.handle, { kind: "identity_removed", userId, ref: last.id, told });
    assert.deepEqual(
      kept,
      [
        [oldest, 20],
        [[last.label], undefined],
      ],
      "who goes is told that, however much else was told",
    );
  });
});
