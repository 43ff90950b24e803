import type { MailMessage } from "../kernel/ports/mail.ts";
import { minuteOf, plainWords } from "./approval-message.ts";

/** What happened to a person's account that they are told of unasked: a way in that was made, or one that was taken. */
export type SecurityKind =
  | "link_made"
  | "passkey_added"
  | "passkey_removed"
  | "identity_added"
  | "identity_removed"
  | "browser_added"
  | "browser_removed";

/** A link, as far as a notice tells of it. What a client says of itself is a stranger's word. */
export interface LinkFacts {
  readonly clientName: string;
  /** Where its answers go. */
  readonly redirectHost: string;
  /** What it may do, in the words of the consent page. */
  readonly grants: readonly string[];
}

/** What a person is told of. */
export interface SecurityNotice {
  readonly kind: SecurityKind;
  /** Of what it is about, a UUID. */
  readonly id: string;
  readonly at: Date;
  /** Of a link alone, while it is known. */
  readonly link?: LinkFacts | undefined;
  /** Whether the address that is told still leads into the account. */
  readonly stillTheirs: boolean;
}

interface Words {
  /** Nothing of the matter: a locked screen shows it. */
  readonly title: string;
  /** What to do about it, where it was somebody else. */
  readonly undo: string;
  /** The page of the console where that is done. */
  readonly path: "/app/linked-accounts" | "/app/settings";
}

const settings = "/app/settings";

/** What each is called. A page that a notice leads to is also named in the service worker, which opens no other. */
export const securityWords: Readonly<Record<SecurityKind, Words>> = {
  link_made: { title: "An assistant was linked", undo: "cut it off", path: "/app/linked-accounts" },
  passkey_added: { title: "A passkey was added", undo: "remove it", path: settings },
  passkey_removed: { title: "A passkey was removed", undo: "look at those that are left", path: settings },
  identity_added: { title: "A way to sign in was added", undo: "remove it", path: settings },
  identity_removed: { title: "A way to sign in was removed", undo: "look at those that are left", path: settings },
  browser_added: { title: "A browser was added that shows your notices", undo: "remove it", path: settings },
  browser_removed: { title: "A browser was removed that showed your notices", undo: "add it again", path: settings },
};

/** The longest name of a host (RFC 1035 §2.3.4), with a space after each dot: its end says whose it is. */
const HOST_LENGTH = 400;

/** Quotation marks (Unicode, PropList) and what looks like one: dingbats, and primes. */
const QUOTATION = /(?:[\p{Quotation_Mark}\u{275b}-\u{2760}\u{2032}-\u{2037}])+/gu;

/** A line for each, and no quotation mark in the name: else it could go on as if we said it. */
const linkLines = ({ clientName, redirectHost, grants }: LinkFacts): string =>
  `It calls itself: “${plainWords(clientName.replaceAll(QUOTATION, "'"), 80)}”
It answers at: ${plainWords(redirectHost, HOST_LENGTH)}
It may:
${grants.map((words) => `- ${words}\n`).join("")}`;

/** What to do about it. Who removed an address may have been its owner or the one who shuts them out. */
function whatToDo({ kind, stillTheirs }: SecurityNotice, baseUrl: string): string {
  const { undo, path } = securityWords[kind];
  if (stillTheirs) {
    return `If this was not you, ${undo}: ${baseUrl}${path}
Then sign out everywhere, so that whoever did it is out: ${baseUrl}/app/settings`;
  }
  return `This address does not lead into that account any more: signing in by it begins a new, empty one.
If that was not you, sign in by another way that you have: ${baseUrl}${path}
Remove what is not yours there, and sign out everywhere, so that whoever did it is out.
If you have no other way, ask whoever runs ${new URL(baseUrl).host} to pause the account, and name this address.`;
}

/** The message that tells of it. It names what was done and never how to undo it by answering. */
export function securityMessage(address: string, notice: SecurityNotice, baseUrl: string): MailMessage {
  const { title } = securityWords[notice.kind];
  return {
    to: address,
    subject: `${title} at ${new URL(baseUrl).host}`,
    text: `${title}.

${notice.link ? linkLines(notice.link) : ""}When: ${minuteOf(notice.at)}

${whatToDo(notice, baseUrl)}

You get this whatever you chose about mail, so that nobody who came in can keep it from you.
`,
  };
}
