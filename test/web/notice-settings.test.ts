import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { AppError } from "../../src/kernel/errors.ts";
import { screenshot } from "../browser.ts";
import { signedIn } from "./console-room.ts";
import { failNext } from "./world.ts";
import { inMinutes } from "./samples.ts";
import { assertAccessible, assertFits, phone } from "./stage.ts";

/**
 * A browser's push service in the page itself: the real one is its maker's server, which no test may ask.
 * @param answer what the person says when the browser asks them.
 */
async function withPush(page: Page, answer: NotificationPermission, before: NotificationPermission = "default") {
  await page.addInitScript(
    ([said, first]) => {
      const place = "test-push";
      const bytesOf = (key: string) =>
        Uint8Array.from(atob(key.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
      const subscriptionOf = (key: string) => ({
        options: { applicationServerKey: bytesOf(key).buffer },
        toJSON: () => ({ endpoint: "https://push.example/1", expirationTime: null, keys: { p256dh: "p", auth: "a" } }),
        unsubscribe: () => {
          localStorage.removeItem(place);
          return Promise.resolve(true);
        },
      });
      const current = () => {
        const key = localStorage.getItem(place);
        return Promise.resolve(key === null ? null : subscriptionOf(key));
      };
      const registration = {
        pushManager: {
          getSubscription: current,
          subscribe: ({ userVisibleOnly, applicationServerKey }: PushSubscriptionOptionsInit) => {
            if (userVisibleOnly !== true || typeof applicationServerKey !== "string") throw new Error("refused");
            localStorage.setItem(place, applicationServerKey);
            return current();
          },
        },
      };
      let permission = localStorage.getItem("test-permission") ?? first;
      Object.defineProperty(Notification, "permission", { get: () => permission });
      Object.defineProperty(Notification, "requestPermission", {
        value: () => {
          permission = said;
          localStorage.setItem("test-permission", said);
          return Promise.resolve(said);
        },
      });
      Object.defineProperty(navigator, "serviceWorker", {
        value: {
          register: (script: string, options: { scope: string }) => {
            localStorage.setItem("test-worker", `${script} ${options.scope}`);
            return Promise.resolve(registration);
          },
          getRegistration: () => Promise.resolve(registration),
          ready: Promise.resolve(registration),
          addEventListener: () => {},
          removeEventListener: () => {},
          startMessages: () => {},
        },
      });
    },
    [answer, before] as const,
  );
}

test("mail is switched off and on, and a test goes to wherever is on", async (t) => {
  const { page, url, world } = await signedIn(t);
  world.localMailbox = false;
  await page.goto(`${url}/app/settings`);
  const told = page.getByRole("region", { name: "Being told" });
  await told.getByText("ada@example.com").waitFor();
  assert.ok(await told.getByRole("radio", { name: "On" }).isChecked());
  await told.getByRole("button", { name: "Send a test" }).click();
  await page.getByText("Sent. It should be there within a minute.").waitFor();
  await told.getByText("Off", { exact: true }).click();
  await told.getByText("Nothing is on, so you only see what waits when you look here.").waitFor();
  assert.ok(await told.getByRole("button", { name: "Send a test" }).isDisabled());
  await assertAccessible(page);
  failNext(world, "PATCH /api/notices", new AppError("unavailable", "The database is busy."));
  await told.getByText("On", { exact: true }).click();
  await told.getByText("The database is busy.").waitFor();
  assert.ok(await told.getByRole("radio", { name: "Off" }).isChecked(), "what was not changed is not shown as changed");
  await told.getByText("On", { exact: true }).click();
  await told.getByText("A notice says that something waits").waitFor();
  assert.deepEqual(world.work.done, [
    "POST /api/notices/test {}",
    'PATCH /api/notices {"email":false}',
    'PATCH /api/notices {"email":true}',
  ]);
});

test("without a mail server, a test by mail is said to be in the server's terminal", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app/settings`);
  await page.getByRole("button", { name: "Send a test" }).click();
  await page.getByText("so the mail is in the server’s terminal.").waitFor();
});

test("this browser is switched on with the server's key, is known again, and is switched off", async (t) => {
  const { page, url, world } = await signedIn(t);
  await withPush(page, "granted");
  world.work.notices.browsers = [{ id: "b0", label: "Safari on iPhone", createdAt: "2026-11-12T09:30:00.000Z" }];
  await page.goto(`${url}/app/settings`);
  const told = page.getByRole("region", { name: "Being told" });
  await told.getByRole("button", { name: "Tell me here" }).click();
  await told.getByText("This browser tells you, even while this page is closed.").waitFor();
  const rows = told.getByRole("list", { name: "Browsers that are told" }).getByRole("listitem");
  await rows.nth(1).getByText("Chrome on Linux · this one").waitFor();
  assert.deepEqual(
    await page.evaluate(() => [localStorage.getItem("test-worker"), localStorage.getItem("test-push")]),
    ["/app/service-worker.js /app", world.work.notices.pushKey],
  );
  assert.match(world.work.done[0] ?? "", /"subscription":\{"endpoint":"https:\/\/push.example\/1"/);
  await assertAccessible(page);
  await screenshot(page, "console", "settings-notices");
  await page.reload();
  await told.getByRole("button", { name: "Stop" }).click();
  await told.getByRole("button", { name: "Tell me here" }).waitFor();
  assert.equal(await rows.count(), 1);
  assert.equal(await page.evaluate(() => localStorage.getItem("test-push")), null);
  await rows.first().getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog", { name: "Remove Safari on iPhone?" }).getByRole("button", { name: "Remove" }).click();
  await rows.first().waitFor({ state: "detached" });
  assert.deepEqual(world.work.notices.browsers, []);
});

test("a subscription that another account of this browser made is not taken for this person's", async (t) => {
  const { page, url, world } = await signedIn(t);
  await withPush(page, "granted", "granted");
  await page.addInitScript(() => {
    if (localStorage.getItem("seeded") !== null) return;
    localStorage.setItem("seeded", "yes");
    localStorage.setItem("test-push", "AQID");
    localStorage.setItem("bellhop-notice-browser", "b-of-somebody-else");
  });
  await page.goto(`${url}/app/settings`);
  const told = page.getByRole("region", { name: "Being told" });
  await told.getByRole("button", { name: "Tell me here" }).click();
  await told.getByText("· this one").waitFor();
  assert.equal(world.work.notices.browsers.length, 1);
  const key = await page.evaluate(() => localStorage.getItem("test-push"));
  assert.notEqual(key, "AQID", "it is subscribed anew, with this server's key");
});

test("a browser that cannot, one that is forbidden to, and a person who says no", async (t) => {
  const { page, url, world } = await signedIn(t, { ...phone, colorScheme: "dark" });
  world.work.notices.address = null;
  const cases = [
    { answer: "denied", before: "denied", words: "This browser blocks it." },
    { answer: "default", before: "default", words: "A word from this browser" },
    { answer: "denied", before: "default", words: "A word from this browser" },
  ] as const;
  for (const { answer, before, words } of cases) {
    const window = await page.context().newPage();
    await withPush(window, answer, before);
    await window.goto(`${url}/app/settings`);
    const told = window.getByRole("region", { name: "Being told" });
    await told.getByText("Add an email address above first.").waitFor();
    await told.getByText(words).waitFor();
    if (before === "denied") assert.equal(await told.getByRole("button", { name: "Tell me here" }).count(), 0);
    else {
      await told.getByRole("button", { name: "Tell me here" }).click();
      await told.getByText("It asked you, and was not allowed to.").waitFor();
      const again = answer === "denied" ? 0 : 1;
      assert.equal(await told.getByText("Press again").count(), again, "only where it can help");
    }
    await assertFits(window);
    await assertAccessible(window);
    await window.close();
  }
  await page.addInitScript(() => Reflect.deleteProperty(window, "PushManager"));
  await page.goto(`${url}/app/settings`);
  await page.getByText("add this page to the home screen first").waitFor();
  await screenshot(page, "console", "settings-notices-phone-dark");
  assert.deepEqual(world.work.notices.browsers, []);
});

test("how the person is told, with words that are not ours, fits and is read again when it could not be", async (t) => {
  const { page, url, world } = await signedIn(t, phone);
  const busy = new AppError("unavailable", "The database is busy.");
  failNext(world, "GET /api/notices", busy);
  failNext(world, "GET /api/notices", busy);
  const label = `<script>\u202E${"y".repeat(300)}`;
  world.work.notices.browsers = [{ id: "b0", label, createdAt: inMinutes(-5) }];
  await page.goto(`${url}/app/settings`);
  const told = page.getByRole("region", { name: "Being told" });
  await told.getByText("The database is busy.").waitFor();
  await told.getByRole("button", { name: "Try again" }).click();
  await told.getByRole("listitem").waitFor();
  await assertFits(page);
  await assertAccessible(page);
});

test("a notice that is clicked leads on in the window that is open", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app/settings`);
  await page.getByRole("heading", { name: "Being told" }).waitFor();
  const answer = await page.evaluate(async () => {
    const { port1, port2 } = new MessageChannel();
    const { promise, resolve } = Promise.withResolvers<unknown>();
    port1.addEventListener("message", ({ data }) => resolve(data));
    port1.start();
    // As our service worker asks (channels/web/service-worker.ts).
    const data = { kind: "open-approval", path: "/app/approvals" };
    navigator.serviceWorker.dispatchEvent(new MessageEvent("message", { data, ports: [port2] }));
    return promise;
  });
  assert.equal(answer, "going");
  await page.getByRole("heading", { level: 1, name: "Approvals" }).waitFor();
});
