import { once } from "node:events";
import { Agent, type IncomingMessage, type ServerResponse, createServer, request } from "node:http";

/** A proxy on a loopback port of its own. */
export interface BearerProxy {
  /** Its origin: `http://localhost:PORT`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts a proxy that adds a bearer token to every request: a client that cannot send one meets the real server with its
 * authentication on. All else passes as it came, byte by byte and as it arrives: path, headers in their order and
 * spelling (Host and Origin too, which the server itself judges), bodies and streams, and the end of a connection.
 * @param target origin of the server behind it, such as `http://localhost:3002`.
 */
export async function startBearerProxy(target: string, accessToken: string): Promise<BearerProxy> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });

  function forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method, url: path, rawHeaders } = incoming;
    // Headers given as a list are sent as they are: nothing is added to them, so Host is the client's own.
    const headers = [...rawHeaders, "Authorization", `Bearer ${accessToken}`];
    const upstream = request({ agent, hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders);
      outgoing.flushHeaders();
      answer.on("error", () => outgoing.destroy());
      answer.pipe(outgoing);
    });
    // A broken connection on one side is a broken connection on the other: no answer is ever made up here.
    upstream.on("error", () => outgoing.destroy());
    outgoing.on("close", () => upstream.destroy());
    incoming.pipe(upstream);
  }

  const server = createServer(forward);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("No port was given.");
  return {
    url: `http://localhost:${address.port}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      agent.destroy();
    },
  };
}
