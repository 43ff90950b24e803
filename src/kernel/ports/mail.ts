/** One message to one person, in plain text. */
export interface MailMessage {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** The way mail leaves. */
export interface MailPort {
  /** @throws AppError `unavailable` when the message was not accepted for delivery. */
  send(message: MailMessage): Promise<void>;
}
