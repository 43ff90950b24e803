import type { MailMessage } from "../kernel/ports/mail.ts";
import { minuteOf, plainWords } from "./approval-message.ts";

/** What happened to a person's account that they are told of unasked: a way in that was made, or one that was taken. */
export type SecurityKind = "link_made" | "passkey_added" | "identity_added" | "identity_removed" | "browser_added";

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
  /** Of a link alone. */
  readonly link?: LinkFacts;
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
  identity_added: { title: "A way to sign in was added", undo: "remove it", path: settings },
  identity_removed: { title: "A way to sign in was removed", undo: "look at those that are left", path: settings },
  browser_added: { title: "A browser was added that shows your notices", undo: "remove it", path: settings },
};

const linkLines = ({ clientName, redirectHost, grants }: LinkFacts): string =>
  `“${plainWords(clientName, 80)}”, which answers at ${plainWords(redirectHost, 100)}, may:
${grants.map((words) => `- ${words}\n`).join("")}`;

/** The message that tells of it. It names what was done and never how to undo it by answering. */
export function securityMessage(address: string, notice: SecurityNotice, baseUrl: string): MailMessage {
  const { title, undo, path } = securityWords[notice.kind];
  const { host } = new URL(baseUrl);
  return {
    to: address,
    subject: `${title} at ${host}`,
    text: `${title}.

${notice.link ? linkLines(notice.link) : ""}When: ${minuteOf(notice.at)}

If this was not you, ${undo}: ${baseUrl}${path}
Then sign out everywhere, so that whoever did it is out: ${baseUrl}/app/settings

You get this whatever you chose about mail, so that nobody who came in can keep it from you.
`,
  };
}
