import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { until } from "../bellhop.ts";
import { serve, visit } from "./stage.ts";

const ID = "01939f00-0000-7000-8000-000000000002";
const PATH = `/app/approvals/${ID}`;
const MODULE = join(import.meta.dirname, "..", "..", "src", "console", "notices", "push-browser.ts");

interface Shown {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly path: string;
}

/** A page under the console's scope with our service worker at work, and the protocol by which a push is delivered. */
async function workerAt(t: TestContext) {
  const visited = await visit(t, { permissions: ["notifications"] });
  const { page, url } = visited;
  // A page of the console that needs nothing of the rest.
  await page.context().route("**/app/push-browser.js", (route) =>
    route.fulfill({
      contentType: "text/javascript",
      body: stripTypeScriptTypes(readFileSync(MODULE, "utf8")),
    }),
  );
  await page.goto(`${url}/app/sign-in`);
  const cdp = await page.context().newCDPSession(page);
  const registrations: string[] = [];
  cdp.on("ServiceWorker.workerRegistrationUpdated", (event) => {
    for (const { registrationId, isDeleted } of event.registrations) if (!isDeleted) registrations.push(registrationId);
  });
  await cdp.send("ServiceWorker.enable");
  const scope = await page.evaluate(async () => {
    await navigator.serviceWorker.register("/app/service-worker.js", { scope: "/app" });
    return (await navigator.serviceWorker.ready).scope;
  });
  assert.equal(scope, `${url}/app`);
  const registrationId = await until("the registration", () => registrations.at(-1));
  const deliver = (data: string) => cdp.send("ServiceWorker.deliverPushMessage", { origin: url, registrationId, data });
  return { ...visited, deliver };
}

/** The notices that the browser shows now. */
const shown = (page: Page): Promise<readonly Shown[]> =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const notices = await registration.getNotifications();
    return notices.map(({ title, body, tag, data }) => ({ title, body, tag, path: data.path }));
  });

const showing = (page: Page, count: number) =>
  until(`${count} notices`, async () => {
    const notices = await shown(page);
    return notices.length === count ? notices : undefined;
  });

/** Clicks a notice as the browser does: the event goes to the worker itself, and what it would open is written down. */
async function click(page: Page, data: unknown): Promise<void> {
  const [worker] = page.context().serviceWorkers();
  assert.ok(worker);
  await worker.evaluate(async (given) => {
    const opened: string[] = [];
    Object.assign(globalThis, { opened });
    Object.assign(Reflect.get(globalThis, "clients"), { openWindow: async (url: string) => void opened.push(url) });
    const working: Promise<unknown>[] = [];
    const event = Object.assign(new Event("notificationclick"), {
      notification: { data: given, close: () => undefined },
      waitUntil: (work: Promise<unknown>) => void working.push(work),
    });
    globalThis.dispatchEvent(event);
    // Only a click of a real person may bring a window to the front.
    await Promise.allSettled(working);
  }, data);
}

const opened = async (page: Page): Promise<readonly string[]> => {
  const [worker] = page.context().serviceWorkers();
  return (await worker?.evaluate(() => Reflect.get(globalThis, "opened"))) ?? [];
};

test("the service worker is served for the console alone, and is kept by no cache", async (t) => {
  const { url } = await serve(t);
  const { status, headers } = await fetch(`${url}/app/service-worker.js`);
  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.equal(headers.get("service-worker-allowed"), "/app");
  assert.equal(headers.get("cache-control"), "no-cache");
  assert.equal(headers.get("content-security-policy"), "default-src 'none'");
  assert.equal((await fetch(`${url}/app/service-worker.js`, { method: "POST" })).status, 405);
});

test("a push shows a notice, and one of the same approval takes its place", async (t) => {
  const { page, deliver } = await workerAt(t);
  const push = { title: "Your approval is asked for", body: "Delete items", tag: ID, path: PATH };
  await deliver(JSON.stringify(push));
  assert.deepEqual(await showing(page, 1), [push]);
  await deliver(JSON.stringify({ ...push, body: "Delete items, again" }));
  await until("the second notice in the place of the first", async () => {
    const notices = await shown(page);
    return notices.length === 1 && notices[0]?.body === "Delete items, again" ? true : undefined;
  });
  await deliver(JSON.stringify({ ...push, tag: "another" }));
  await showing(page, 2);
});

test("whatever else is pushed is shown as a plain notice that leads to the list", async (t) => {
  const { page, deliver } = await workerAt(t);
  const bad = [
    "no JSON",
    "null",
    '"text"',
    JSON.stringify({ title: 1, body: {}, tag: "a", path: "https://evil.example/app/approvals/" }),
    JSON.stringify({ tag: "b", path: "//evil.example" }),
    JSON.stringify({ tag: "c", path: "/app/approvals/../../mailbox" }),
    JSON.stringify({ tag: "d", path: `${PATH}/../../settings` }),
    JSON.stringify({ tag: "e", path: ["javascript:alert(1)"] }),
  ];
  for (const data of bad) await deliver(data);
  const notices = await showing(page, 6);
  for (const notice of notices) {
    assert.equal(notice.path, "/app/approvals", notice.tag);
    assert.equal(notice.title, "Something waits for you");
  }
});

test("a push of what happened to the account is shown with the page where it is undone", async (t) => {
  const { page, deliver } = await workerAt(t);
  for (const path of ["/app/linked-accounts", "/app/settings"]) {
    const push = { title: "An assistant was linked", body: "If this was not you, cut it off.", tag: path, path };
    await deliver(JSON.stringify(push));
    const notice = await until("the notice", async () => (await shown(page)).find(({ tag }) => tag === path));
    assert.deepEqual(notice, push);
  }
});

test("a click on it leads to that page and no other, in an open console too", async (t) => {
  const { page, url } = await workerAt(t);
  for (const path of ["/app/linked-accounts", "/app/settings"]) {
    await click(page, { path });
    assert.deepEqual(await opened(page), [`${url}${path}`]);
  }
  for (const path of ["/app/settings/", "/app/settings?x=1", "/app/linked-accounts/..", ["/app/settings"]]) {
    await click(page, { path });
    assert.deepEqual(await opened(page), [`${url}/app/approvals`], String(path));
  }
  await page.evaluate(async (address) => {
    const { followNotices } = await import(address);
    const went: string[] = [];
    followNotices((path: string) => went.push(path));
    Object.assign(globalThis, { went });
  }, "/app/push-browser.js");
  await click(page, { path: "/app/linked-accounts" });
  assert.deepEqual(await page.evaluate(() => Reflect.get(globalThis, "went")), ["/app/linked-accounts"]);
});

test("a click opens the approval and nothing else; an open console goes there itself", async (t) => {
  const { page, url } = await workerAt(t);
  await click(page, { path: PATH });
  assert.deepEqual(await opened(page), [`${url}${PATH}`], "no page here knows of notices yet");
  for (const path of ["https://evil.example/", "/mailbox", "/app/approvals/..", null]) {
    await click(page, { path });
    assert.deepEqual(await opened(page), [`${url}/app/approvals`], String(path));
  }

  await page.evaluate(async (address) => {
    const { followNotices } = await import(address);
    const went: string[] = [];
    followNotices((path: string) => went.push(path));
    Object.assign(globalThis, { went });
  }, "/app/push-browser.js");
  await click(page, { path: PATH });
  assert.deepEqual(await page.evaluate(() => Reflect.get(globalThis, "went")), [PATH]);
  assert.ok(!(await opened(page)).includes(`${url}${PATH}`), "no second window");
});

test("the pages' part of it says how this browser stands, subscribes by the server's key, and ends it", async (t) => {
  const { page } = await workerAt(t);
  const call = <T>(work: string): Promise<T> => page.evaluate(`import("/app/push-browser.js").then((push) => ${work})`);
  assert.equal(await call("push.pushState()"), "off");
  const key = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 9)]).toString("base64url");
  // The push service of this browser's maker is out of reach here, so the browser's own two calls to it are stood in for.
  await page.evaluate(() => {
    let current: object | null = null;
    const getSubscription = async () => current;
    const subscribe = async (options: PushSubscriptionOptionsInit) => {
      const letters = atob(String(options.applicationServerKey).replaceAll("-", "+").replaceAll("_", "/"));
      const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
      const endpoint = `https://push.example/${Math.random()}`;
      current = {
        options: { applicationServerKey: bytes.buffer, userVisibleOnly: options.userVisibleOnly },
        toJSON: () => ({ endpoint, keys: { p256dh: "p", auth: "a" } }),
        unsubscribe: async () => {
          current = null;
          return true;
        },
      };
      return current;
    };
    Object.assign(PushManager.prototype, { getSubscription, subscribe });
  });
  const first = await call<{ label: string; subscription: object }>(`push.subscribe("${key}")`);
  assert.equal(first.label, "Chrome on Linux");
  assert.deepEqual(await call(`push.subscribe("${key}")`), first, "the same key keeps the subscription");
  const other = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 8)]).toString("base64url");
  assert.notDeepEqual(await call(`push.subscribe("${other}")`), first, "another takes a new one");
  assert.equal(await call("push.pushState()"), "on");
  assert.equal(await call(`(push.rememberBrowser("${ID}"), push.rememberedBrowser())`), ID);
  await call("push.unsubscribe()");
  assert.deepEqual([await call("push.pushState()"), await call("push.rememberedBrowser()")], ["off", null]);
  // Who is granted something else alone is refused this.
  await page.context().clearPermissions();
  await page.context().grantPermissions(["geolocation"]);
  assert.deepEqual([await call("push.pushState()"), await call(`push.subscribe("${key}")`)], ["denied", null]);
});
