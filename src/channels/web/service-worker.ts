/**
 * The service worker of the console: it shows what a push says, and a click on it leads to the approval, or to one of the
 * pages where a way in is ended, and nowhere else. It answers no request, so no page ever depends on it. What a push holds is
 * believed by its shape alone: any other path opens the list of approvals.
 */
export const serviceWorker = `
const LIST = "/app/approvals";
const APPROVAL = /^\\/app\\/approvals\\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PAGES = ["/app/linked-accounts", "/app/settings"];
const ANSWER_MS = 500;

const place = (path) => (PAGES.includes(path) || APPROVAL.test(path) ? path : LIST);

const text = (value, fallback) => (typeof value === "string" && value !== "" ? value.slice(0, 120) : fallback);

function readPush(data) {
  let said = {};
  try {
    said = Object(data === null ? {} : data.json());
  } catch {
    // A notice without words is still one: a browser asks that each push shows something.
  }
  const path = place(said.path);
  return { title: text(said.title, "Something waits for you"), body: text(said.body, ""), tag: text(said.tag, "notice"), path };
}

/** An open console says whether it goes there by itself; a page that does not know of it says nothing. */
function asks(client, path) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const timer = setTimeout(() => resolve(false), ANSWER_MS);
    port1.onmessage = ({ data }) => {
      clearTimeout(timer);
      resolve(data === "going");
    };
    client.postMessage({ kind: "open-approval", path }, [port2]);
  });
}

async function open(path) {
  const url = new URL(path, self.location.origin).href;
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((client) => client.url === url);
  if (there) return there.focus();
  for (const client of windows) {
    if (await asks(client, path)) return client.focus();
  }
  return self.clients.openWindow(url);
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const { title, body, tag, path } = readPush(event.data);
  event.waitUntil(self.registration.showNotification(title, { body, tag, data: { path } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(place(Object(event.notification.data).path)));
});
`.trimStart();

/** Where it lies: under the pages that it works for. */
export const SERVICE_WORKER_PATH = "/app/service-worker.js";

/**
 * Serves it. A browser looks for a new one at each start (Service Workers §3.2.7), so no cache keeps it; it may work for the
 * console alone (`Service-Worker-Allowed`), and asks nobody anything.
 */
export const serviceWorkerResponse = (): Response =>
  new Response(serviceWorker, {
    headers: {
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "no-cache",
      "service-worker-allowed": "/app",
      "content-security-policy": "default-src 'none'",
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
    },
  });
