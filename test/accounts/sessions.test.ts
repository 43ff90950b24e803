import assert from "node:assert/strict";
import { eachEngine } from "../database.ts";
import { openBrowser } from "./browser.ts";
import { migrations, startAccounts } from "./server.ts";
import { countRows } from "./tables.ts";

const DAY = 24 * 60 * 60;

eachEngine("a browser session", migrations, async (t, database) => {
  const server = await startAccounts(t, database);
  const asUser = async (cookie: string): Promise<unknown> => {
    const response = await fetch(`${server.address}/api/session`, { headers: { cookie } });
    return response.status;
  };

  await t.test("is asked for by nobody else: no cookie, or any other, is signed out", async () => {
    const { status, body } = await openBrowser(server).get("/api/session");
    assert.deepEqual([status, body.error], [401, "authentication_required"]);
    for (const value of ["", "unknown", "a".repeat(4000), "%00", "' or 1=1"]) {
      assert.equal(await asUser(`bellhop-session=${value}`), 401);
    }
    assert.equal(await server.accounts.sessionUser(new Request(server.address)), null);
  });

  await t.test("has a cookie that only our server reads", async () => {
    const browser = openBrowser(server);
    const { headers } = await browser.post("/api/sign-in/email/verify", await browser.askForCode("ada@example.com"));
    const [cookie = ""] = headers.getSetCookie();
    assert.match(cookie, /^bellhop-session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  await t.test("tells the other rooms who is there", async () => {
    const browser = openBrowser(server);
    const { id } = await browser.signIn("ada@example.com");
    const request = new Request(server.address, { headers: { cookie: `bellhop-session=${browser.session}` } });
    const user = await server.accounts.sessionUser(request);
    assert.deepEqual([user?.id, user?.label], [id, "ada@example.com"]);
    assert.deepEqual(await server.accounts.user(id), user);
    for (const unknown of ["", "a\0", "not a UUID", "00000000-0000-7000-8000-000000000000"]) {
      assert.equal(await server.accounts.user(unknown), null);
    }
  });

  await t.test("is never taken over from the request (no fixation)", async () => {
    const browser = openBrowser(server);
    const proof = await browser.askForCode("ada@example.com");
    const planted = { cookie: "bellhop-session=planted-by-someone" };
    await browser.post("/api/sign-in/email/verify", proof, planted);
    assert.notEqual(browser.session, "planted-by-someone");
    assert.equal(await asUser(planted.cookie), 401);
  });

  await t.test("gets a new id at each sign-in, and the former one of that browser ends", async () => {
    const browser = openBrowser(server);
    await browser.signIn("grace@example.com");
    const former = browser.session;
    await browser.signIn("grace@example.com");
    assert.notEqual(browser.session, former);
    assert.equal(await asUser(`bellhop-session=${former}`), 401);
    assert.equal(await asUser(`bellhop-session=${browser.session}`), 200);
  });

  await t.test("ends at sign-out, there and nowhere else", async () => {
    const [here, elsewhere] = [openBrowser(server), openBrowser(server)];
    await here.signIn("hedy@example.com");
    await elsewhere.signIn("hedy@example.com");
    const value = here.session;
    const answer = await here.delete("/api/session");
    assert.deepEqual([answer.status, answer.body, here.session], [204, null, null]);
    assert.equal(await asUser(`bellhop-session=${value}`), 401, "the row is revoked, not the cookie alone");
    assert.equal((await elsewhere.get("/api/session")).status, 200);
    assert.equal((await here.delete("/api/session")).status, 204, "signing out twice is fine");
  });
});

eachEngine("a session slides", migrations, async (t, database) => {
  const server = await startAccounts(t, database);
  const browser = openBrowser(server);
  await browser.signIn("ada@example.com");
  const visit = async (): Promise<{ status: number; cookies: number }> => {
    const { status, headers } = await browser.get("/api/session");
    return { status, cookies: headers.getSetCookie().length };
  };

  await t.test("at most once an hour", async () => {
    server.clock.pass(3599);
    assert.deepEqual(await visit(), { status: 200, cookies: 0 });
    server.clock.pass(1);
    assert.deepEqual(await visit(), { status: 200, cookies: 1 });
    assert.deepEqual(await visit(), { status: 200, cookies: 0 });
  });

  await t.test("so that it lasts 30 days from its last use", async () => {
    server.clock.pass(30 * DAY - 1);
    assert.deepEqual(await visit(), { status: 200, cookies: 1 });
    server.clock.pass(30 * DAY - 1);
    assert.equal((await visit()).status, 200);
    server.clock.pass(30 * DAY);
    assert.deepEqual(await visit(), { status: 401, cookies: 0 });
  });

  await t.test("and is swept by a later sign-in", async () => {
    assert.equal(await countRows(database, "sessions"), 1);
    await openBrowser(server).signIn("grace@example.com");
    assert.equal(await countRows(database, "sessions"), 1);
  });
});

eachEngine("a sweep deletes what can no longer be used, and nothing else", migrations, async (t, database) => {
  const server = await startAccounts(t, database);
  const rows = async () => [await countRows(database, "sessions"), await countRows(database, "sign_in_codes")];
  await openBrowser(server).signIn("ada@example.com");
  await server.accounts.sweep();
  assert.deepEqual(await rows(), [1, 1]);
  server.clock.pass(600);
  await server.accounts.sweep();
  assert.deepEqual(await rows(), [1, 0]);
  server.clock.pass(30 * DAY);
  await server.accounts.sweep();
  assert.deepEqual(await rows(), [0, 0]);
  assert.equal(await countRows(database, "users"), 1);
});

eachEngine("over https the session's cookie is __Host- and Secure", migrations, async (t, database) => {
  const server = await startAccounts(t, database, { baseUrl: "https://link.example.com" });
  const browser = openBrowser(server);
  const { headers } = await browser.post("/api/sign-in/email/verify", await browser.askForCode("ada@example.com"));
  const [cookie = ""] = headers.getSetCookie();
  assert.match(cookie, /^__Host-bellhop-session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  assert.equal((await browser.get("/api/session")).status, 200);
  const unprefixed = await fetch(`${server.address}/api/session`, {
    headers: { cookie: `bellhop-session=${browser.session}` },
  });
  assert.equal(unprefixed.status, 401);
});
