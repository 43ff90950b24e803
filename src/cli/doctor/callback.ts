import { once } from "node:events";
import { createServer } from "node:http";
import { Fault } from "./fault.ts";

/** The loopback address where the person's browser brings the answer (RFC 8252 §7.3). */
export interface Callback {
  readonly redirectUri: string;
  /** Resolves with the next answer. @throws Fault when none comes in time. */
  next(): Promise<URLSearchParams>;
  close(): void;
}

const PAGE =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Bellhop doctor</title><p>The doctor has its answer. You can close this page.</p></html>';

const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  connection: "close",
};

/**
 * Listens on this machine alone.
 * @param at the registered redirect address; its port is used where it names one, else any free one is taken.
 * @param timeoutMs how long a person has.
 */
export async function listenForCallback(at: string, timeoutMs: number): Promise<Callback> {
  const wanted = new URL(at);
  const arrived: URLSearchParams[] = [];
  const waiting: ((parameters: URLSearchParams) => void)[] = [];
  const server = createServer((request, response) => {
    const url = URL.parse(request.url ?? "/", wanted.origin);
    if (url?.pathname !== wanted.pathname || request.method !== "GET") return response.writeHead(404).end();
    response.writeHead(200, HEADERS).end(PAGE);
    const taker = waiting.shift();
    if (taker) taker(url.searchParams);
    else arrived.push(url.searchParams);
    return undefined;
  });
  server.listen(Number(wanted.port), wanted.hostname === "[::1]" ? "::1" : "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address === "object" && address !== null) wanted.port = String(address.port);
  return {
    redirectUri: wanted.href,
    next: () =>
      new Promise((resolve, reject) => {
        const early = arrived.shift();
        if (early) return resolve(early);
        const late = (): void =>
          reject(
            new Fault(
              `Nobody answered within ${timeoutMs / 1000} s.`,
              "Open the address that is shown, and decide there.",
            ),
          );
        const timer = setTimeout(late, timeoutMs);
        waiting.push((parameters) => {
          clearTimeout(timer);
          resolve(parameters);
        });
        return undefined;
      }),
    close: () => server.close().closeAllConnections(),
  };
}
