import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, createServer, request } from "node:http";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { startBearerProxy } from "./bearer-proxy.ts";

/** A proxy in front of a server that answers as the test says; both closed when the test ends. */
async function proxyTo(
  t: TestContext,
  answer: (incoming: IncomingMessage, outgoing: ServerResponse) => unknown,
): Promise<string> {
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing)).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close().closeAllConnections());
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const proxy = await startBearerProxy(`http://localhost:${address.port}`, "the-token");
  t.after(() => proxy.close());
  return proxy.url;
}

/** Sends headers exactly as given. */
const send = (url: string, headers: readonly string[], body?: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method: body === undefined ? "GET" : "POST", headers: [...headers] }, resolve);
    sent.on("error", reject);
    sent.end(body);
  });

test("a request keeps its path, headers and body, and gets the bearer", async (t) => {
  const url = await proxyTo(t, async (incoming, outgoing) => {
    const { method, url: path, rawHeaders } = incoming;
    outgoing.end(JSON.stringify({ method, path, rawHeaders, body: await text(incoming) }));
  });
  const headers = ["Host", "evil.example", "Origin", "https://evil.example", "X-Odd-CASE", "1", "Content-Length", "5"];
  const answer = await send(`${url}/mcp?a=b%20c`, [...headers, "Connection", "close"], "hello");
  assert.deepEqual(JSON.parse(await text(answer)), {
    method: "POST",
    path: "/mcp?a=b%20c",
    rawHeaders: [...headers, "Connection", "close", "Authorization", "Bearer the-token"],
    body: "hello",
  });
});

test("an answer keeps its status and its headers, also those that come twice", async (t) => {
  const url = await proxyTo(t, (_incoming, outgoing) =>
    outgoing.writeHead(403, { "Set-Cookie": ["a=1", "b=2"], "X-Odd-CASE": "1" }).end("no"),
  );
  const answer = await send(url, ["Host", "localhost"]);
  assert.equal(answer.statusCode, 403);
  assert.deepEqual(answer.headers["set-cookie"], ["a=1", "b=2"]);
  assert.ok(answer.rawHeaders.includes("X-Odd-CASE"));
  assert.equal(await text(answer), "no");
});

test("a stream arrives piece by piece, and its reader's leaving reaches the server", async (t) => {
  const left = Promise.withResolvers<void>();
  const url = await proxyTo(t, (_incoming, outgoing) => {
    outgoing.on("close", left.resolve);
    outgoing.writeHead(200, { "content-type": "text/event-stream" }).write("data: first\n\n");
  });
  const answer = await send(url, ["Host", "localhost"]);
  const [first] = await once(answer, "data");
  assert.equal(String(first), "data: first\n\n");
  answer.destroy();
  await left.promise;
});

test("a connection that the server breaks is broken for the client too", async (t) => {
  const url = await proxyTo(t, (incoming) => incoming.socket.destroy());
  await assert.rejects(send(url, ["Host", "localhost"]), { code: "ECONNRESET" });
});
