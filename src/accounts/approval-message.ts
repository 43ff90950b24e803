import type { MailMessage } from "../kernel/ports/mail.ts";

/** What a person is told of: a decision that waits for them. */
export interface ApprovalNotice {
  /** The approval's id, a UUID. */
  readonly id: string;
  /** The tool in a person's words. */
  readonly title: string;
  /** What will happen, in one sentence. */
  readonly sentence: string;
  /** Who asks, by its own name: a stranger's word. */
  readonly clientName: string;
  /** The card on our own page. */
  readonly url: string;
  readonly expiresAt: Date;
}

/**
 * Text from outside in a mail: one line, in which nothing hides or reorders the words around it, and nothing becomes a link
 * to another place than ours, however eager the mail program is.
 */
export const plainWords = (text: string, most: number): string =>
  text
    .replaceAll(/[\p{C}\p{Z}]+/gu, " ")
    .replaceAll("://", ": //")
    .replaceAll(/[.。．｡](?=\p{L})/gu, ". ")
    .replaceAll(/(?:\d{1,3}\.){3}\d{1,3}/g, (address) => address.replaceAll(".", ". "))
    .trim()
    .slice(0, most)
    .toWellFormed();

/** A time as mails say it: `2026-12-01 09:30 UTC`. */
export const minuteOf = (time: Date): string => {
  const iso = time.toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
};

/** The message that tells of an approval. The subject is all that a locked screen shows, so it says nothing of the matter. */
export const approvalMessage = (address: string, notice: ApprovalNotice, baseUrl: string): MailMessage => ({
  to: address,
  subject: `Your approval is asked for at ${new URL(baseUrl).host}`,
  text: `Your approval is asked for: ${plainWords(notice.title, 100)}

${plainWords(notice.sentence, 300)}
Asked by: “${plainWords(notice.clientName, 80)}”
Decide until: ${minuteOf(notice.expiresAt)}

Look at it and decide: ${notice.url}

Nothing happens before you approve it there. Nobody can approve by answering this message.
If you did not expect it, reject it.

You get this because you are told by mail. To change that: ${baseUrl}/app/settings
`,
});

/** A notice to try whether mail arrives. */
export const trialMessage = (address: string, baseUrl: string): MailMessage => ({
  to: address,
  subject: `A notice to try, from ${new URL(baseUrl).host}`,
  text: `This is how you are told when something waits for your decision.

You asked for this message in your settings: ${baseUrl}/app/settings
`,
});
