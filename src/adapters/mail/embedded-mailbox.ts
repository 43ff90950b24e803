import type { Clock } from "../../kernel/clock.ts";
import { randomToken } from "../../kernel/ids.ts";
import type { MailMessage, MailPort } from "../../kernel/ports/mail.ts";

interface MailboxParts {
  readonly clock: Clock;
  /** Shows one line in the server's terminal. */
  print(line: string): void;
}

/** A message that stayed here. */
interface KeptMessage extends MailMessage {
  readonly sentAt: Date;
}

/** Mail that never leaves this machine. */
export interface EmbeddedMailbox extends MailPort {
  /** Opens the mailbox page; printed in the terminal alone. */
  readonly key: string;
  /** The last messages, oldest first. */
  messages(): readonly KeptMessage[];
}

const LIFETIME = 10 * 60 * 1000;
const MOST = 50;

/** A terminal obeys control characters, so none reaches it. */
const printable = (text: string): string => text.replaceAll(/\p{C}/gu, " ");

/**
 * The counterpart of SMTP where none is set: it shows each message's first line in the terminal, and keeps the last
 * messages in memory, none longer than the 10 minutes for which a code is good.
 */
export function createEmbeddedMailbox({ clock, print }: MailboxParts): EmbeddedMailbox {
  let kept: readonly KeptMessage[] = [];
  const fresh = (): readonly KeptMessage[] => {
    const oldest = clock().getTime() - LIFETIME;
    kept = kept.filter((message) => message.sentAt.getTime() > oldest);
    return kept;
  };
  return {
    key: randomToken(18),
    messages: fresh,
    async send(message) {
      kept = [...fresh(), { ...message, sentAt: clock() }].slice(-MOST);
      const [firstLine = ""] = message.text.split("\n");
      print(printable(`Mail for ${message.to}: ${firstLine}`));
    },
  };
}
