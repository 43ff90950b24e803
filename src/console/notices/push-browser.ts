/**
 * Being told in this browser (Push API, Service Workers): what the pages need of it, and no page.
 * `subscribe` gives the body of `POST /api/notices/browsers`; the id that comes back is kept by {@link rememberBrowser}, so
 * that the page can tell this browser among the others.
 */

/** What this browser can do: `denied` is undone in the browser's own settings alone. */
export type PushState = "unsupported" | "denied" | "off" | "on";

/** What the server wants of a browser that asks to be told. */
export interface BrowserToTell {
  readonly label: string;
  readonly subscription: PushSubscriptionJSON;
}

const WORKER = "/app/service-worker.js";
const SCOPE = "/app";
const REMEMBERED = "bellhop-notice-browser";

/** An iPhone has it only in an app on the home screen; a page over plain http has it nowhere but on this machine. */
const isSupported = (): boolean =>
  isSecureContext && "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;

async function subscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration(SCOPE);
  return (await registration?.pushManager.getSubscription()) ?? null;
}

/** How it stands, without asking the person anything. */
export async function pushState(): Promise<PushState> {
  if (!isSupported()) return "unsupported";
  if (Notification.permission === "denied") return "denied";
  return (await subscription()) === null ? "off" : "on";
}

const base64url = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const named = (agent: string, names: readonly (readonly [mark: RegExp, name: string])[]): string | undefined =>
  names.find(([mark]) => mark.test(agent))?.[1];

/** `Chrome on Android`: what a person calls it, as far as the browser says. */
export function browserLabel(agent: string): string {
  const browser = named(agent, [
    [/Edg\//, "Edge"],
    [/OPR\//, "Opera"],
    [/Firefox\//, "Firefox"],
    [/Chrome\//, "Chrome"],
    [/Safari\//, "Safari"],
  ]);
  const system = named(agent, [
    [/iPhone|iPad/, "iPhone or iPad"],
    [/Android/, "Android"],
    [/Windows/, "Windows"],
    [/Mac OS X/, "Mac"],
    [/CrOS/, "Chromebook"],
    [/Linux/, "Linux"],
  ]);
  return `${browser ?? "A browser"}${system === undefined ? "" : ` on ${system}`}`;
}

/**
 * Asks the person, and subscribes. Call it from a click: browsers ask for nothing else.
 * @param pushKey of `GET /api/notices`.
 * @returns null when the person, or the browser for them, said no.
 */
export async function subscribe(pushKey: string): Promise<BrowserToTell | null> {
  if (!isSupported() || (await Notification.requestPermission()) !== "granted") return null;
  await navigator.serviceWorker.register(WORKER, { scope: SCOPE });
  const { pushManager } = await navigator.serviceWorker.ready;
  const before = await pushManager.getSubscription();
  const key = before?.options.applicationServerKey;
  // A browser holds to one key, and this server may have another than whoever was at this address before.
  const same = before && key && base64url(key) === pushKey ? before : null;
  if (before && !same) await before.unsubscribe();
  const now = same ?? (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: pushKey }));
  return { label: browserLabel(navigator.userAgent), subscription: now.toJSON() };
}

/** Ends it in this browser; the server hears of it by `DELETE /api/notices/browsers/:id`, or from the push service. */
export async function unsubscribe(): Promise<void> {
  if (isSupported()) await (await subscription())?.unsubscribe();
  localStorage.removeItem(REMEMBERED);
}

/** Keeps the id that the server gave this browser. */
export const rememberBrowser = (id: string): void => localStorage.setItem(REMEMBERED, id);

/** The id that the server gave this browser; null where it was never added. */
export const rememberedBrowser = (): string | null => localStorage.getItem(REMEMBERED);

/** Where a notice may lead; the service worker knows the same. */
const noticePath = /^\/app\/(?:approvals(?:\/[0-9a-f-]{36})?|linked-accounts|settings)$/;

/**
 * Goes where a clicked notice leads, in this window instead of a new one.
 * @param go told the path under the origin, such as `/app/approvals/…`. @returns what ends it.
 */
export function followNotices(go: (path: string) => void): () => void {
  if (!isSupported()) return () => undefined;
  const heard = ({ data, ports }: MessageEvent<unknown>): void => {
    if (typeof data !== "object" || data === null || !("path" in data) || !("kind" in data)) return;
    const { kind, path } = data;
    if (kind !== "open-approval" || typeof path !== "string" || !noticePath.test(path)) return;
    ports[0]?.postMessage("going");
    go(path);
  };
  navigator.serviceWorker.addEventListener("message", heard);
  navigator.serviceWorker.startMessages();
  return () => navigator.serviceWorker.removeEventListener("message", heard);
}
