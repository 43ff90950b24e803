import { createTransport } from "nodemailer";
import { AppError } from "../../kernel/errors.ts";
import type { MailPort } from "../../kernel/ports/mail.ts";

interface SmtpParts {
  /** `smtps://user:password@host:465`, or `smtp://…`; options as query parameters, such as `?requireTLS=true`. */
  readonly url: string;
  /** The sender, as in `Bellhop <hello@example.com>`. */
  readonly from: string;
  /** How long a server may stay silent. A person waits for the answer, so 8 s where nothing is said. */
  readonly patienceMs?: number;
}

/** The longest that one message may take, however often the server speaks: 20 s, in parts of the patience. */
const DEADLINE = 2.5;

const isText = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";

/** What the log may keep of a failure: codes alone, as a server's own words can repeat the message. */
function reasonOf(error: unknown): Error {
  const parts =
    error instanceof Error ? ["code", "command", "responseCode"].map((name): unknown => Reflect.get(error, name)) : [];
  return new Error(`SMTP: ${parts.filter(isText).join(" ") || "no reason given"}`);
}

/** Mail by SMTP (RFC 5321): sent when the server has accepted the message. */
export function createSmtpMail({ url, from, patienceMs = 8000 }: SmtpParts): MailPort {
  const patience = { connectionTimeout: patienceMs, greetingTimeout: patienceMs, socketTimeout: patienceMs };
  const transport = createTransport({ url, ...patience, disableFileAccess: true, disableUrlAccess: true });
  return {
    async send({ to, subject, text }) {
      // As an object, so that no character in it can name a second recipient. RFC 3834 §5: no automatic replies, please.
      const recipient = { name: "", address: to };
      const headers = { "Auto-Submitted": "auto-generated" };
      try {
        await transport.sendMail({
          from,
          to: recipient,
          subject,
          text,
          headers,
          signal: AbortSignal.timeout(patienceMs * DEADLINE),
        });
      } catch (error) {
        throw new AppError("unavailable", "The message could not be sent.", { cause: reasonOf(error) });
      }
    },
  };
}
