import { Resolver } from "node:dns/promises";
import { type IncomingMessage, request } from "node:http";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { AppError } from "../../kernel/errors.ts";
import type { WebAnswer, WebBounds, WebLetter, WebPort, WebSender } from "../../kernel/ports/web.ts";
import { isPublicAddress, isPublicName } from "./public-address.ts";
import { secureConnection, type Target } from "./secure-connection.ts";

interface GuardedFetchParts {
  /** Every address of a name. The system's resolver unless another one is given. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
  /** An encrypted connection to a target, certificate checked. */
  readonly connect?: (target: Target, signal: AbortSignal) => Promise<Duplex>;
}

/** Addresses of each family that are tried before a name counts as down. */
const MOST_ADDRESSES = 2;

/**
 * Asks the name servers of this machine: not its file of hosts, whose names are its own, and not through `lookup`, which
 * would let a slow name server of a stranger hold the few threads that files and keys are read with.
 */
async function systemResolve(hostname: string): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: 1000, tries: 2 });
  const families = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  return families.flatMap((family) => (family.status === "fulfilled" ? family.value : []));
}

const refused = (why: string): AppError => new AppError("invalid_request", `The address cannot be asked: ${why}.`);
const noAnswer = (why: string, cause?: unknown): AppError =>
  new AppError("unavailable", `The address gave no usable answer: ${why}.`, { cause });

/** @throws AppError `invalid_request` for an address that is not https on its own port at a public name. */
function checkedUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || url.protocol !== "https:") throw refused("it is not https");
  if (url.username !== "" || url.password !== "") throw refused("it holds a user name or a password");
  if (url.port !== "") throw refused("only port 443 is asked");
  // The parser has turned every spelling of an IPv4 address (decimal, octal, hexadecimal) into its plain one.
  if (isIP(url.hostname.replaceAll(/[[\]]/g, "")) !== 0) throw refused("it names an IP address instead of a host");
  if (!isPublicName(url.hostname)) throw refused("its host is not a name of the public internet");
  return url;
}

/**
 * The addresses of a host, each checked before anything is sent. One that is not public refuses them all: a name that
 * points inside as well is an attack, not a mistake.
 */
async function checkedAddresses(hostname: string, resolve: (hostname: string) => Promise<readonly string[]>) {
  const addresses = await resolve(hostname).catch((cause: unknown) => {
    throw noAnswer("its host has no address", cause);
  });
  if (addresses.length === 0) throw noAnswer("its host has no address");
  if (!addresses.every(isPublicAddress)) throw refused("its host has an address that is not of the public internet");
  // IPv4 first: a machine without IPv6 is common, and one without IPv4 fails at once there.
  return [4, 6].flatMap((family) => addresses.filter((one) => isIP(one) === family).slice(0, MOST_ADDRESSES));
}

/** Connects to the first address that answers, sharing out the time. */
async function connectAny(
  addresses: readonly string[],
  hostname: string,
  connect: (target: Target, signal: AbortSignal) => Promise<Duplex>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Duplex> {
  let failure: unknown;
  for (const address of addresses) {
    const turn = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(timeoutMs / addresses.length))]);
    try {
      return await connect({ address, port: 443, hostname }, turn);
    } catch (error) {
      failure = error;
    }
  }
  throw noAnswer("its server cannot be reached", failure);
}

async function readBody(answer: IncomingMessage, maxBytes: number): Promise<string> {
  const encoding = answer.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw noAnswer("it is compressed");
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let [text, size] = ["", 0];
  for await (const chunk of answer) {
    const bytes: unknown = chunk;
    if (!(bytes instanceof Uint8Array)) throw new TypeError("A response without an encoding is bytes.");
    size += bytes.byteLength;
    if (size > maxBytes) throw noAnswer(`it is larger than ${maxBytes} bytes`);
    text += decoder.decode(bytes, { stream: true });
  }
  return text + decoder.decode();
}

const headersOf = (answer: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(answer.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );

/** What is asked for. */
interface Asked {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** One request over a connection that stands; the connection ends with it. @param read what to do with the answer. */
async function ask<T>(
  url: URL,
  socket: Duplex,
  { method, headers, body }: Asked,
  signal: AbortSignal,
  read: (answer: IncomingMessage) => Promise<T>,
): Promise<T> {
  const sent = request({
    method,
    path: url.pathname + url.search,
    headers: { ...headers, host: url.host, "user-agent": "Bellhop" },
    createConnection: () => socket,
    signal,
  });
  try {
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      sent.once("response", resolve);
      sent.on("error", reject);
    });
    sent.end(body);
    return await read(await answered);
  } finally {
    sent.destroy();
    socket.destroy();
  }
}

const headOf = (answer: IncomingMessage) => ({ status: answer.statusCode ?? 0, headers: headersOf(answer) });

const getting = (accept: string): Asked => ({ method: "GET", headers: { accept, "accept-encoding": "identity" } });

const posting = ({ headers, body }: WebLetter): Asked => ({
  method: "POST",
  headers: { ...headers, "content-length": String(body.byteLength) },
  body,
});

/** Ends as soon as the signal does, whatever the work does. */
const within = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  Promise.race([
    work,
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(noAnswer("it took too long", signal.reason)), { once: true });
    }),
  ]);

/**
 * A fetch for addresses that strangers name (client documents and their keys, push services): https on port 443 alone;
 * the name is looked up once, every address of it is checked, and the connection is made to a checked address itself, so
 * that no second answer of a name server can lead inside; no redirect is followed; size and time are bounded, of all
 * steps together.
 */
export function createGuardedFetch(parts: GuardedFetchParts = {}): WebPort & WebSender {
  const { resolve = systemResolve, connect = secureConnection() } = parts;

  async function guarded<T>(
    text: string,
    timeoutMs: number,
    asked: Asked,
    read: (answer: IncomingMessage) => Promise<T>,
  ): Promise<T> {
    const url = checkedUrl(text);
    const signal = AbortSignal.timeout(timeoutMs);
    const work = async (): Promise<T> => {
      const addresses = await checkedAddresses(url.hostname, resolve);
      const socket = await connectAny(addresses, url.hostname, connect, timeoutMs, signal);
      return ask(url, socket, asked, signal, read);
    };
    try {
      return await within(signal, work());
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw noAnswer("the connection broke", error);
    }
  }

  return {
    fetchDocument: (text, { accept, maxBytes, timeoutMs }: WebBounds) =>
      guarded(text, timeoutMs, getting(accept), async (answer): Promise<WebAnswer> => {
        // A redirect is not followed, so nobody needs its body.
        const body = answer.statusCode === 200 ? await readBody(answer, maxBytes) : "";
        return { ...headOf(answer), body };
      }),
    requirePublic: (text) => void checkedUrl(text),
    post: (text, letter, timeoutMs) => guarded(text, timeoutMs, posting(letter), async (answer) => headOf(answer)),
  };
}
