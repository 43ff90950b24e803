import {
  Agent as PlainAgent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as plainRequest,
} from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { TLSSocket } from "node:tls";
import type { AddressRule, HostAddress } from "./address-rule.ts";
import { Fault } from "./fault.ts";
import { unreachable } from "./unreachable.ts";

/** What a connection was secured with. */
export interface Security {
  /** Such as `TLSv1.3`. */
  readonly protocol: string;
  /** When the certificate ends; null when it does not say. */
  readonly validTo: Date | null;
}

/** An answer, whole. */
export interface Answer {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Milliseconds from the question to the end of the answer. */
  readonly ms: number;
  readonly headerBytes: number;
  readonly bodyBytes: number;
  readonly receivedAt: Date;
  /** Null over plain HTTP. */
  readonly security: Security | null;
}

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks one address, follows nothing, sends no cookie. */
export interface Probe {
  /** @throws Fault when no answer comes, or the address may not be asked. */
  ask(url: string, question?: Question): Promise<Answer>;
  /** Every answer so far. */
  readonly answers: readonly Answer[];
  close(): void;
}

interface ProbeParts {
  readonly rule: AddressRule;
  readonly timeoutMs: number;
  readonly userAgent: string;
  /** Certificates to trust beside the usual ones, PEM. */
  readonly ca: string | undefined;
}

/** Bytes of an answer that are read; no document of this protocol comes near. */
const MOST_BYTES = 1024 * 1024;

const pinned =
  (addresses: readonly HostAddress[]): LookupFunction =>
  (_hostname, options, done) => {
    const [first] = addresses;
    if (options.all === true) done(null, [...addresses]);
    else done(null, first?.address ?? "", first?.family);
  };

const securityOf = ({ socket }: IncomingMessage): Security | null => {
  if (!(socket instanceof TLSSocket)) return null;
  const end = new Date(socket.getPeerCertificate().valid_to);
  return { protocol: socket.getProtocol() ?? "none", validTo: Number.isNaN(end.getTime()) ? null : end };
};

/** A stream of events stays open; its first message is the answer. */
const isWholeEvent = (response: IncomingMessage, text: string): boolean =>
  response.headers["content-type"]?.includes("text/event-stream") === true && /^data: *\{[^]*\n\r?\n/m.test(text);

async function readBody(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const stream: AsyncIterable<Buffer> = response;
  for await (const bytes of stream) {
    chunks.push(bytes);
    size += bytes.length;
    if (size > MOST_BYTES || isWholeEvent(response, Buffer.concat(chunks).toString("utf8"))) break;
  }
  return Buffer.concat(chunks);
}

/** Sends one request and resolves with the response, its body unread. */
function send(url: URL, question: Question, options: object): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = url.protocol === "https:" ? tlsRequest : plainRequest;
  const sent = request(url, { method: question.method ?? "GET", ...options }, resolve);
  sent.on("error", reject);
  sent.end(question.body);
  return promise;
}

/** Opens a probe. Each request goes to an address that the rule has allowed, and to no other that the name may get. */
export function createProbe(parts: ProbeParts): Probe {
  const agents = { plain: new PlainAgent({ keepAlive: true }), tls: new TlsAgent({ keepAlive: true, ca: parts.ca }) };
  const answers: Answer[] = [];

  async function ask(address: string, question: Question = {}): Promise<Answer> {
    const url = URL.parse(address);
    if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
      throw new Fault(`It names ${address}, which is no web address.`, "Publish https addresses.");
    }
    const lookup = pinned(await parts.rule.addressesOf(url.hostname));
    const started = performance.now();
    const answer = send(url, question, {
      lookup,
      // Else Node takes the name for TLS from the Host header, which a check makes up. An IP address is no name (RFC 6066 §3).
      servername: isIP(url.hostname.replace(/^\[|\]$/g, "")) === 0 ? url.hostname : "",
      agent: url.protocol === "https:" ? agents.tls : agents.plain,
      signal: AbortSignal.timeout(parts.timeoutMs),
      headers: { "user-agent": parts.userAgent, accept: "application/json, text/event-stream", ...question.headers },
    });
    try {
      const response = await answer;
      const security = securityOf(response);
      const headerBytes = response.rawHeaders.reduce((sum, text) => sum + text.length + 2, 0);
      const receivedAt = new Date();
      const body = await readBody(response);
      const seen: Answer = {
        method: question.method ?? "GET",
        url: url.href,
        status: response.statusCode ?? 0,
        headers: response.headers,
        text: body.toString("utf8"),
        ms: performance.now() - started,
        headerBytes,
        bodyBytes: body.length,
        receivedAt,
        security,
      };
      answers.push(seen);
      return seen;
    } catch (error) {
      throw unreachable(url, error, parts.timeoutMs);
    }
  }

  return {
    ask,
    answers,
    close() {
      agents.plain.destroy();
      agents.tls.destroy();
    },
  };
}
