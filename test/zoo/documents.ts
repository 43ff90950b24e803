import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import type { TestContext } from "node:test";

/** A web of documents: what each https address answers. */
export interface Documents {
  readonly port: number;
  /** Where a fetch of an https address leads instead. */
  address(url: URL): string;
  /** Publishes a document, or takes it down. @param url https, as a server would fetch it */
  publish(url: string, document: object | null): void;
  /** How often each address was fetched. */
  readonly fetched: ReadonlyMap<string, number>;
}

/** Serves documents on loopback, told apart by the host that is asked for; closed when the test ends. */
export async function serveDocuments(t: Pick<TestContext, "after">): Promise<Documents> {
  const published = new Map<string, object>();
  const fetched = new Map<string, number>();
  const server = createServer((request, response) => {
    // Behind a client of HTTP that names the host itself, it is the first part of the path.
    const direct = /^\/@([^/]+)(\/.*)$/.exec(request.url ?? "");
    const url = direct ? `https://${direct[1]}${direct[2]}` : `https://${request.headers.host}${request.url}`;
    fetched.set(url, (fetched.get(url) ?? 0) + 1);
    const document = published.get(url);
    response
      .writeHead(document ? 200 : 404, { "content-type": "application/json" })
      .end(JSON.stringify(document ?? {}));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close().closeAllConnections());
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("No port was given.");
  return {
    port: address.port,
    address: (url) => `http://127.0.0.1:${address.port}/@${url.host}${url.pathname}`,
    fetched,
    publish(url, document) {
      if (document === null) published.delete(url);
      else published.set(url, document);
    },
  };
}

/** A public address; nothing is ever sent to it. */
const SOMEWHERE = "104.18.32.47";

/**
 * Parts of the guarded fetch with which every public name leads to the documents. What it checks before connecting is
 * checked all the same.
 */
export const connectTo = ({ port }: Pick<Documents, "port">) => ({
  resolve: async (): Promise<readonly string[]> => [SOMEWHERE],
  connect: async (_target: unknown, signal: AbortSignal): Promise<Socket> => {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect", { signal });
    return socket;
  },
});
