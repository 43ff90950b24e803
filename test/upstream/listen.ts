import { once } from "node:events";
import { type RequestListener, type Server, createServer } from "node:http";
import type { TestContext } from "node:test";

/** A server on loopback; it is closed, with every connection, when the test ends. */
export async function listenOnLoopback(
  t: TestContext,
  listener: RequestListener,
): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return { url: `http://localhost:${typeof address === "object" ? address?.port : ""}`, server };
}

/** Everything that a request sends. */
export async function bodyOf(request: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
