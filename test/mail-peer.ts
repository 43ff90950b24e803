import { EventEmitter, once } from "node:events";
import type { TestContext } from "node:test";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

/** A message as it came over the wire. */
export interface ReceivedMail {
  /** From the envelope. */
  readonly to: readonly string[];
  readonly from: string;
  readonly subject: string;
  readonly headers: string;
  readonly text: string;
}

/** A real SMTP server on loopback that keeps what it is sent. */
export interface MailPeer {
  /** `smtp://…`, for the settings. */
  readonly url: string;
  readonly received: readonly ReceivedMail[];
  /**
   * The first message to an address that was not taken yet; waits for one (at most 10 s).
   * @param subject takes none but one with such a subject; others stay.
   */
  take(to: string, subject?: RegExp): Promise<ReceivedMail>;
  /** Refuses messages from now on, as in `451 4.3.0 Try again later`; null accepts again. */
  refuseWith(reply: string | null): void;
  /** How many messages it has refused. */
  refused(): number;
}

interface PeerOptions {
  /** When given, nobody else may send. */
  readonly login?: { readonly user: string; readonly password: string };
}

const unfold = (headers: string): string => headers.replaceAll(/\r\n[ \t]/g, " ");
const headerOf = (headers: string, name: string): string =>
  new RegExp(`^${name}: (.*)$`, "im").exec(unfold(headers))?.[1]?.trim() ?? "";

/** Undoes the transfer encodings of RFC 2045 §6 that a text part may have. */
function decodeBody(headers: string, body: string): string {
  const encoding = headerOf(headers, "Content-Transfer-Encoding").toLowerCase();
  if (encoding === "base64") return Buffer.from(body, "base64").toString("utf8");
  if (encoding !== "quoted-printable") return body;
  const unescaped = body
    .replaceAll("=\r\n", "")
    .replaceAll(/=([0-9A-F]{2})/g, (_match, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(unescaped, "latin1").toString("utf8");
}

function readMail(raw: string, to: readonly string[], from: string): ReceivedMail {
  const split = raw.indexOf("\r\n\r\n");
  const headers = raw.slice(0, split);
  const body = decodeBody(headers, raw.slice(split + 4));
  return { to, from, headers, subject: headerOf(headers, "Subject"), text: body.replaceAll("\r\n", "\n") };
}

/** Starts a peer; it is closed when the test ends. */
export async function startMailPeer(t: TestContext, { login }: PeerOptions = {}): Promise<MailPeer> {
  const received: ReceivedMail[] = [];
  const waiting: ReceivedMail[] = [];
  const arrivals = new EventEmitter();
  let refusal: string | null = null;
  let refused = 0;
  const keep = (mail: ReceivedMail): void => {
    received.push(mail);
    waiting.push(mail);
    arrivals.emit("mail");
  };

  const options: SMTPServerOptions = {
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disabledCommands: ["STARTTLS"],
    logger: false,
    closeTimeout: 100,
    onAuth(auth, _session, done) {
      const right = auth.username === login?.user && auth.password === login?.password;
      done(right ? null : new Error("Wrong login."), right ? { user: auth.username ?? "" } : undefined);
    },
    onData(stream, session, done) {
      const chunks: Uint8Array[] = [];
      stream.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      stream.on("end", () => {
        refused += refusal === null ? 0 : 1;
        if (refusal !== null) {
          const [, code = "550", words = refusal] = /^(\d{3}) (.*)$/.exec(refusal) ?? [];
          return done(Object.assign(new Error(words), { responseCode: Number(code) }));
        }
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? "" : mailFrom.address;
        const to = rcptTo.map((recipient) => recipient.address);
        keep(readMail(Buffer.concat(chunks).toString("utf8"), to, from));
        return done();
      });
    },
  };
  const server = new SMTPServer(options);
  const listener = server.listen(0, "127.0.0.1");
  await once(listener, "listening");
  t.after(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("The mail peer has no port.");
  const credentials = login ? `${login.user}:${encodeURIComponent(login.password)}@` : "";

  return {
    url: `smtp://${credentials}127.0.0.1:${address.port}`,
    received,
    async take(to, subject = /^/) {
      const deadline = AbortSignal.timeout(10_000);
      for (;;) {
        const index = waiting.findIndex((mail) => mail.to.includes(to) && subject.test(mail.subject));
        const [mail] = index === -1 ? [] : waiting.splice(index, 1);
        if (mail) return mail;
        await once(arrivals, "mail", { signal: deadline }).catch((cause: unknown) => {
          const came = received.map((other) => `${other.to.join()}: ${other.subject}`).join("\n");
          throw new Error(`No mail ${subject} came to ${to}. What came:\n${came}`, { cause });
        });
      }
    },
    refuseWith(reply) {
      refusal = reply;
    },
    refused: () => refused,
  };
}
