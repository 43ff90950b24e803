import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import type { TestContext } from "node:test";

/** A load balancer without affinity: each request goes to the next server in turn. */
export interface RoundRobin {
  /** Origin, such as `http://localhost:4000`. */
  readonly url: string;
  /** How many requests each server has answered, by its origin. */
  readonly answered: ReadonlyMap<string, number>;
}

interface Passed {
  readonly incoming: IncomingMessage;
  readonly body: Buffer;
  readonly outgoing: ServerResponse;
}

/** Resolves with false when the server took no connection, so that nothing was sent and another may be asked. */
function passOn({ incoming, body, outgoing }: Passed, origin: string): Promise<boolean> {
  return new Promise((resolve) => {
    const { method, url, rawHeaders } = incoming;
    // Headers are passed as they came: Host, and X-Forwarded-For, which stands for an address since all are loopback.
    const upstream = request(new URL(url ?? "/", origin), { method, headers: rawHeaders, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.on("error", () => outgoing.destroy());
      answer.pipe(outgoing).on("finish", () => resolve(true));
    });
    upstream.on("error", (error) => {
      if ("code" in error && error.code === "ECONNREFUSED") return resolve(false);
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502).end();
      resolve(true);
    });
    outgoing.on("close", () => resolve(true));
    upstream.end(body);
  });
}

/** Starts it; closed when the test ends. @param origins of the servers behind it */
export async function startRoundRobin(t: TestContext, port: number, origins: readonly string[]): Promise<RoundRobin> {
  const answered = new Map(origins.map((origin) => [origin, 0]));
  let turn = 0;
  async function balance(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    for (const _ of origins) {
      turn += 1;
      const origin = origins[turn % origins.length] ?? "";
      if (await passOn({ incoming, body, outgoing }, origin)) {
        answered.set(origin, (answered.get(origin) ?? 0) + 1);
        return;
      }
    }
    outgoing.writeHead(502).end();
  }
  const server = createServer((incoming, outgoing) => {
    balance(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close().closeAllConnections());
  return { url: `http://localhost:${port}`, answered };
}
