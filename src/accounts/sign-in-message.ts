import type { MailMessage } from "../kernel/ports/mail.ts";

interface Code {
  readonly address: string;
  readonly code: string;
  readonly expiresAt: Date;
  /** Minutes that the code lasts. */
  readonly minutes: number;
  readonly baseUrl: string;
}

const clockTime = (time: Date): string => `${time.toISOString().slice(11, 16)} UTC`;

/** The message that carries a code. Its first line says all that is needed; the subject keeps the code off lock screens. */
export const signInMessage = ({ address, code, expiresAt, minutes, baseUrl }: Code): MailMessage => ({
  to: address,
  subject: `Your sign-in code for ${new URL(baseUrl).host}`,
  text: `Your sign-in code is ${code}

Enter it on the page that asked for it, at ${baseUrl}.
It works once, for ${minutes} minutes (until ${clockTime(expiresAt)}).

Nobody from our side will ever ask you for it.
If you did not ask for a code, ignore this message: without it, nobody can sign in.
`,
});
