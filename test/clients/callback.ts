import { once } from "node:events";
import { createServer } from "node:http";
import type { TestContext } from "node:test";

/** The loopback address where a native client waits for the browser (RFC 8252 §7.3). */
export interface Callback {
  readonly redirectUri: string;
  /** Resolves with the parameters of the next request to it. */
  next(): Promise<URLSearchParams>;
}

/** Listens on a loopback port of its own; closed when the test ends. */
export async function listenForCallback(t: TestContext): Promise<Callback> {
  const arrived: URLSearchParams[] = [];
  const waiting: ((parameters: URLSearchParams) => void)[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    response.setHeader("content-type", "text/html").end("<title>Linked</title><p>You can close this page.</p>");
    if (url.pathname !== "/callback") return;
    const taker = waiting.shift();
    if (taker) taker(url.searchParams);
    else arrived.push(url.searchParams);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close().closeAllConnections());
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("No port was given.");
  return {
    redirectUri: `http://127.0.0.1:${address.port}/callback`,
    next: () =>
      new Promise((resolve) => {
        const parameters = arrived.shift();
        if (parameters) resolve(parameters);
        else waiting.push(resolve);
      }),
  };
}
