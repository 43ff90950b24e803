import { once } from "node:events";
import { createServer } from "node:http";
import type { TestContext } from "node:test";

/** A web of documents: what each https address answers. */
export interface Documents {
  readonly port: number;
  /** Publishes a document, or takes it down. @param url https, as a server would fetch it */
  publish(url: string, document: object | null): void;
  /** How often each address was fetched. */
  readonly fetched: ReadonlyMap<string, number>;
}

/** Serves documents on loopback, told apart by the host that is asked for; closed when the test ends. */
export async function serveDocuments(t: TestContext): Promise<Documents> {
  const published = new Map<string, object>();
  const fetched = new Map<string, number>();
  const server = createServer((request, response) => {
    const url = `https://${request.headers.host}${request.url}`;
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
    fetched,
    publish(url, document) {
      if (document === null) published.delete(url);
      else published.set(url, document);
    },
  };
}
