import assert from "node:assert/strict";
import { request } from "node:http";
import { type TestContext, test } from "node:test";
import type { MailboxMessage } from "../../src/channels/web/mailbox-page.ts";
import { screenshot } from "../browser.ts";
import { assertAccessible, serve, visit } from "./stage.ts";

const KEY = "k-4m9s2v7Qx1";

const message = (more: Partial<MailboxMessage> = {}): MailboxMessage => ({
  to: "ada@example.com",
  subject: "Your sign-in code for localhost:3002",
  text: "Your sign-in code is 424241\n\nIt works once, for 10 minutes.\n",
  sentAt: new Date("2026-11-21T09:30:00Z"),
  ...more,
});

const mailboxOf = (...messages: MailboxMessage[]) => ({ key: KEY, messages: () => messages });

interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/** Asks with headers exactly as given; `fetch` would not let a test set Host. */
function ask(url: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  request(`${url}${path}`, { headers }, (response) => {
    let body = "";
    response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
  })
    .on("error", reject)
    .end();
  return promise;
}

/** What does not change from one answer to the next. */
const essence = ({ status, headers, body }: Answer): unknown => {
  const { request_id: _id, ...rest } = JSON.parse(body);
  return { status, rest, type: headers["content-type"], cache: headers["cache-control"] };
};

async function assertHidden(url: string, path: string, headers: Record<string, string> = {}): Promise<void> {
  const [hidden, unknown] = [await ask(url, path, headers), await ask(url, "/no-such-page", headers)];
  assert.deepEqual(essence(hidden), essence(unknown), `${path} ${JSON.stringify(headers)}`);
  assert.equal(hidden.status, 404);
}

test("the mailbox shows what stayed here, newest first", async (t) => {
  const older = message({ subject: "An older one", sentAt: new Date("2026-11-21T09:00:00Z") });
  const { url } = await serve(t, { mailbox: mailboxOf(older, message()) });
  const { status, headers, body } = await ask(url, `/mailbox?key=${KEY}`);
  assert.equal(status, 200);
  assert.equal(headers["cache-control"], "no-store");
  assert.equal(headers["referrer-policy"], "no-referrer");
  assert.match(String(headers["content-security-policy"]), /^default-src 'none'/);
  assert.ok(body.indexOf("Your sign-in code is 424241") < body.indexOf("An older one"));
});

test("mail is text, whatever it holds", async (t) => {
  const { url } = await serve(t, {
    mailbox: mailboxOf(
      message({ to: `"><img src=x>`, subject: "<script>alert(1)</script>", text: "</pre><script>alert(2)</script>" }),
    ),
  });
  const { body } = await ask(url, `/mailbox?key=${KEY}`);
  assert.doesNotMatch(body, /<script|<img/);
});

test("without the key there is no mailbox, and nothing tells that there is one", async (t) => {
  const { url } = await serve(t, { mailbox: mailboxOf(message()) });
  for (const path of ["/mailbox", "/mailbox?key=", "/mailbox?key=wrong", `/mailbox?key=${KEY}x`, `/mailbox?k=${KEY}`]) {
    await assertHidden(url, path);
  }
  const post = await fetch(`${url}/mailbox?key=${KEY}`, { method: "POST" });
  assert.equal(post.status, 404);
});

test("with a mail server there is no mailbox", async (t) => {
  const { url } = await serve(t, { mailbox: null });
  await assertHidden(url, `/mailbox?key=${KEY}`);
});

test("a published server has no mailbox, even for a request that says localhost", async (t) => {
  const { url } = await serve(t, { mailbox: mailboxOf(message()), baseUrl: "https://bellhop.example.com" });
  await assertHidden(url, `/mailbox?key=${KEY}`);
});

test("a request under another name than this machine's finds no mailbox", async (t) => {
  const { url } = await serve(t, { mailbox: mailboxOf(message()) });
  const path = `/mailbox?key=${KEY}`;
  for (const host of ["evil.example", "localhost.evil.example", "10.0.0.5:3002", "abc.ngrok.app"]) {
    await assertHidden(url, path, { host });
  }
  for (const host of ["localhost", "127.0.0.1:3002", "[::1]:3002", "bellhop.localhost"]) {
    assert.equal((await ask(url, path, { host })).status, 200, host);
  }
});

test("a request that came through a tunnel or a proxy finds no mailbox", async (t) => {
  const { url } = await serve(t, { mailbox: mailboxOf(message()) });
  for (const name of [
    "Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
    "CF-Connecting-IP",
    "CF-Ray",
    "True-Client-IP",
    "Via",
    "ngrok-trace-id",
    "Tailscale-User-Login",
    "Fly-Client-IP",
    "X-Original-Host",
    "CDN-Loop",
  ]) {
    await assertHidden(url, `/mailbox?key=${KEY}`, { [name]: "127.0.0.1" });
  }
});

test("in the browser: empty, then with a message", async (t: TestContext) => {
  const messages: MailboxMessage[] = [];
  const { url } = await serve(t, { mailbox: { key: KEY, messages: () => messages } });
  const { page } = await visit(t);
  await page.goto(`${url}/mailbox?key=${KEY}`);
  await page.getByText("No message yet.").waitFor();
  messages.push(message());
  await page.getByRole("link", { name: "Look for new ones" }).click();
  await page.getByText("Your sign-in code is 424241").waitFor();
  await assertAccessible(page);
  await screenshot(page, "web", "mailbox");
});
