import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as ask,
  type ServerResponse,
} from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { TestContext } from "node:test";
import { buffer } from "node:stream/consumers";
import { freePort } from "../bellhop.ts";

/** A question on its way to the server. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An answer on its way back, to be changed at will. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  /** One character a byte, so that fonts pass as they are. */
  body: string;
}

/** What a badly set up proxy, or another server, makes of an exchange. Asking the real server is up to it. */
export type Fault = (asked: Asked, real: (changed?: Partial<Asked>) => Promise<Reply>) => Promise<Reply> | Reply;

/** Something in front of a server that can be made to break what passes. */
export interface BreakingProxy {
  readonly url: string;
  /** Breaks everything from now on; null stands for a proxy that does its work. */
  break(fault: Fault | null): void;
}

/** Hop-by-hop and length headers, which belong to one connection. */
const OWN = ["connection", "keep-alive", "transfer-encoding", "content-length"];

function forward(port: number, asked: Asked, address: string): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const query = asked.query.size > 0 ? `?${asked.query}` : "";
  const headers = {
    ...asked.headers,
    "x-forwarded-for": address,
    "accept-encoding": "identity",
    "content-length": Buffer.byteLength(asked.body),
  };
  const read = async (response: IncomingMessage): Promise<Reply> => {
    const kept = Object.entries(response.headers).filter(([name]) => !OWN.includes(name));
    const plain = kept.map(([name, value]) => [name, String(value)]);
    const body = (await buffer(response)).toString("latin1");
    return { status: response.statusCode ?? 0, headers: Object.fromEntries(plain), body };
  };
  const options = { port, host: "127.0.0.1", method: asked.method, path: asked.path + query, headers };
  const sent = ask(options, (response) => resolve(read(response)));
  sent.on("error", reject);
  sent.end(asked.body);
  return promise;
}

async function askedOf(request: IncomingMessage): Promise<Asked> {
  const url = new URL(request.url ?? "/", "http://proxy.invalid");
  const body = (await buffer(request)).toString("utf8");
  return {
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body,
  };
}

/** What a proxy that ends TLS shows. */
interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Stands on `port`, and hands on to a server that listens on another; each fault's caller has an address of its own. */
export async function startProxy(t: TestContext, upstream: number, tls?: Certificate): Promise<BreakingProxy> {
  const port = await freePort();
  let fault: Fault | null = null;
  let caller = 0;
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await askedOf(request);
    const real = (changed: Partial<Asked> = {}) =>
      forward(upstream, { ...asked, ...changed }, `198.51.${caller >> 8}.${caller & 255}`);
    const { status, headers, body } = fault === null ? await real() : await fault(asked, real);
    response.writeHead(status, headers).end(asked.method === "HEAD" ? undefined : Buffer.from(body, "latin1"));
  }
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch(() => response.destroy());
  };
  const server = tls ? createSecureServer(tls, handle) : createServer(handle);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close().closeAllConnections());
  return {
    url: `${tls ? "https" : "http"}://localhost:${port}`,
    break(next) {
      fault = next;
      caller += 1;
    },
  };
}
