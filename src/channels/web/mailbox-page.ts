import { createHash, timingSafeEqual } from "node:crypto";
import { isLoopbackHost } from "../../kernel/loopback.ts";
import { escapeHtml, plainPage } from "./html.ts";

/** A message that stayed in the embedded mailbox. */
export interface MailboxMessage {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly sentAt: Date;
}

/** Mail that no SMTP server carries: it stays here for the person who runs the server. */
export interface Mailbox {
  /** Printed in the server's terminal; opens the page. */
  readonly key: string;
  messages(): readonly MailboxMessage[];
}

/** Headers that proxies, tunnels and content networks add: each proves that the request was not made on this machine. */
const FORWARDING_NAMES: ReadonlySet<string> = new Set([
  "forwarded",
  "via",
  "cdn-loop",
  "true-client-ip",
  "fastly-client-ip",
  "x-forwarded",
  "x-real-ip",
  "x-client-ip",
  "x-cluster-client-ip",
]);
const FORWARDING_PREFIXES = [
  "x-forwarded-",
  "x-original-",
  "x-envoy-",
  "x-amz-",
  "x-amzn-",
  "x-azure-",
  "cf-",
  "fly-",
  "ngrok-",
  "tailscale-",
];

const isForwarding = (name: string): boolean =>
  FORWARDING_NAMES.has(name) || FORWARDING_PREFIXES.some((prefix) => name.startsWith(prefix));

const isForwarded = (headers: Headers): boolean => [...headers.keys()].some(isForwarding);

function isLoopbackHeader(host: string | null): boolean {
  const address = host === null ? null : URL.parse(`http://${host}`);
  return address !== null && isLoopbackHost(address.hostname);
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/**
 * Whether the mailbox exists for this request: the server is published on loopback alone, the request was made to a
 * loopback name and came through nothing, and it knows the key. A tunnel must not open everyone's mail.
 */
export function opensMailbox(request: Request, baseUrl: string, mailbox: Mailbox): boolean {
  if (!isLoopbackHost(new URL(baseUrl).hostname)) return false;
  if (!isLoopbackHeader(request.headers.get("host")) || isForwarded(request.headers)) return false;
  const given = new URL(request.url).searchParams.get("key") ?? "";
  return timingSafeEqual(digest(given), digest(mailbox.key));
}

const timeOf = (date: Date): string => date.toISOString().replace("T", " ").slice(0, 19);

const messageHtml = (message: MailboxMessage): string => `<article>
<h2>${escapeHtml(message.subject)}</h2>
<p class="quiet">To ${escapeHtml(message.to)} · <time datetime="${message.sentAt.toISOString()}">${timeOf(message.sentAt)} UTC</time></p>
<pre>${escapeHtml(message.text)}</pre>
</article>`;

const newestFirst = (messages: readonly MailboxMessage[]): readonly MailboxMessage[] =>
  messages.toSorted((one, other) => other.sentAt.getTime() - one.sentAt.getTime());

/** The mailbox as a page that needs no script. It is loaded again by hand: a page that reloads itself loses its reader's place. */
export function mailboxPage(mailbox: Mailbox, nonce: string): string {
  const messages = newestFirst(mailbox.messages());
  const list =
    messages.length === 0
      ? "<p>No message yet. Ask for a sign-in code, and it appears here.</p>"
      : messages.map(messageHtml).join("\n");
  const body = `<h1>Mailbox</h1>
<p class="quiet">No mail server is set, so messages stay on this machine. <a href="">Look for new ones</a></p>
${list}`;
  return plainPage({ title: "Mailbox · Bellhop", body, nonce });
}
