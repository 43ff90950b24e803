import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import { duplexPair } from "node:stream";
import { type TestContext, test } from "node:test";
import { AppError } from "../../kernel/errors.ts";
import { createGuardedFetch } from "./guarded-fetch.ts";
import type { Target } from "./secure-connection.ts";

const bounds = { maxBytes: 100, timeoutMs: 3000, accept: "application/json" };

/** A web server in this process's memory, and the guarded fetch whose connections end there. Nothing leaves the test. */
function web(t: TestContext, listener: RequestListener, addresses: readonly string[] = ["104.18.0.1"]) {
  const server = createServer(listener);
  t.after(() => server.closeAllConnections());
  const targets: Target[] = [];
  const names: string[] = [];
  const fetcher = createGuardedFetch({
    resolve: async (hostname) => {
      names.push(hostname);
      return addresses;
    },
    connect: async (target) => {
      targets.push(target);
      const [ours, theirs] = duplexPair();
      server.emit("connection", theirs);
      return ours;
    },
  });
  return {
    targets,
    names,
    fetch: (url: string, more = {}) => fetcher.fetchDocument(url, { ...bounds, ...more }),
    post: (url: string, text: string, timeoutMs = 3000) =>
      fetcher.post(url, { headers: { topic: "t" }, body: Buffer.from(text) }, timeoutMs),
    requirePublic: fetcher.requirePublic,
  };
}

const failsWith = (code: string, sentence: RegExp) => (error: unknown) =>
  error instanceof AppError && error.code === code && sentence.test(error.message);

test("a document is fetched from the address that was checked, under the name that the certificate must hold", async (t) => {
  const seen: unknown[] = [];
  const { fetch, targets } = web(t, (request, response) => {
    seen.push([request.method, request.url, request.headers.host, request.headers.accept, request.headers.cookie]);
    response.setHeader("content-type", "application/json").setHeader("cache-control", "max-age=600").end('{"a":"ü"}');
  });
  const answer = await fetch("https://host.example/a/client.json?x=1");
  assert.equal(answer.status, 200);
  assert.equal(answer.body, '{"a":"ü"}');
  assert.equal(answer.headers["cache-control"], "max-age=600");
  assert.deepEqual(seen, [["GET", "/a/client.json?x=1", "host.example", "application/json", undefined]]);
  assert.deepEqual(targets, [{ address: "104.18.0.1", port: 443, hostname: "host.example" }]);
});

test("ssrf: an address that is not https at a public name is refused before any name is looked up", async (t) => {
  const { fetch, names, targets } = web(t, (_request, response) => response.end());
  for (const url of [
    "http://host.example/",
    "ftp://host.example/",
    "file:///etc/passwd",
    "https://user:pw@host.example/",
    "https://user@host.example/",
    "https://host.example:8443/",
    "https://host.example:22/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://app.localhost/",
    "https://metadata.google.internal/",
    "https://kubernetes/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://①②⑦.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[fe80::1%25eth0]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://1.1.1.1/",
    "not an address",
    "",
  ])
    await assert.rejects(fetch(url), failsWith("invalid_request", /cannot be asked/), url);
  assert.deepEqual([names, targets], [[], []]);
});

test("ssrf: a name with even one inner address is refused before anything is sent", async (t) => {
  for (const addresses of [
    ["127.0.0.1"],
    ["104.18.0.1", "10.0.0.1"],
    ["104.18.0.1", "::ffff:10.0.0.1"],
    ["fe80::1%eth0"],
    ["64:ff9b::a00:1"],
    ["0x7f.1"],
  ]) {
    const { fetch, targets } = web(t, (_request, response) => response.end(), addresses);
    await assert.rejects(fetch("https://host.example/"), failsWith("invalid_request", /not of the public internet/));
    assert.deepEqual(targets, []);
  }
});

test("dns-rebinding: the name is looked up once, and the connection goes to that very address", async () => {
  const answers = [["104.18.0.1"], ["127.0.0.1"]];
  let [lookups, connected] = [0, ""];
  const fetcher = createGuardedFetch({
    resolve: async () => answers[lookups++] ?? [],
    connect: async ({ address }) => {
      connected = address;
      throw new Error("far enough");
    },
  });
  await assert.rejects(fetcher.fetchDocument("https://host.example/", bounds), failsWith("unavailable", /./));
  assert.deepEqual([lookups, connected], [1, "104.18.0.1"]);
});

test("a redirect is an answer, and nobody follows it", async (t) => {
  const { fetch, targets } = web(t, (_request, response) =>
    response.writeHead(302, { location: "http://169.254.169.254/" }).end("secret of the redirect"),
  );
  assert.deepEqual({ ...(await fetch("https://host.example/")), headers: {} }, { status: 302, headers: {}, body: "" });
  assert.equal(targets.length, 1);
});

test("a document that is too large, compressed or no text is refused", async (t) => {
  const cases: readonly [RequestListener, RegExp][] = [
    [(_request, response) => response.end("x".repeat(101)), /larger than 100/],
    [(_request, response) => response.writeHead(200, { "content-encoding": "gzip" }).end("x"), /compressed/],
    [(_request, response) => response.end(Buffer.from([0xff, 0xfe])), /broke/],
  ];
  for (const [listener, sentence] of cases) {
    const { fetch } = web(t, listener);
    await assert.rejects(fetch("https://host.example/"), failsWith("unavailable", sentence));
  }
});

test("time is bounded: a name, a connection or an answer that never comes ends the fetch", async (t) => {
  const never = new Promise<never>(() => undefined);
  const resolve = async (): Promise<string[]> => ["104.18.0.1"];
  const soon = { ...bounds, timeoutMs: 50 };
  const late = failsWith("unavailable", /took too long|cannot be reached|broke/);
  // A timer of ours keeps the process here while only unref'ed ones run.
  const timer = setInterval(() => undefined, 1000);
  t.after(() => clearInterval(timer));
  await assert.rejects(createGuardedFetch({ resolve: () => never }).fetchDocument("https://host.example/", soon), late);
  await assert.rejects(
    createGuardedFetch({ resolve, connect: () => never }).fetchDocument("https://host.example/", soon),
    late,
  );
  const slow = web(t, (_request, response) => void response.writeHead(200).write("{"));
  await assert.rejects(slow.fetch("https://host.example/", { timeoutMs: 50 }), late);
});

test("a host whose first address is dead is reached at the next one, IPv4 before IPv6", async (t) => {
  const { fetch, targets } = web(t, (_request, response) => response.end("ok"), ["2606:4700::1", "104.18.0.1"]);
  await fetch("https://host.example/");
  assert.equal(targets[0]?.address, "104.18.0.1");
  const tried: string[] = [];
  const fetcher = createGuardedFetch({
    resolve: async () => ["104.18.0.1", "104.18.0.2", "104.18.0.3", "2606:4700::1"],
    connect: async ({ address }) => {
      tried.push(address);
      throw new Error("unreachable");
    },
  });
  await assert.rejects(
    fetcher.fetchDocument("https://host.example/", bounds),
    failsWith("unavailable", /cannot be reached/),
  );
  assert.deepEqual(tried, ["104.18.0.1", "104.18.0.2", "2606:4700::1"]);
});

test("a letter is posted under the same guard, and of the answer only its head is read", async (t) => {
  const seen: unknown[] = [];
  const { post, targets } = web(t, (request, response) => {
    request.setEncoding("utf8").on("data", (text) => seen.push(text));
    request.on("end", () => {
      const { topic, host, "content-length": length } = request.headers;
      seen.push([request.method, request.url, topic, host, length]);
      response.writeHead(429, { "retry-after": "5" }).end("x".repeat(100_000));
    });
  });
  const { status, headers } = await post("https://push.example/a?b", "a letter");
  assert.deepEqual([status, headers["retry-after"]], [429, "5"]);
  assert.deepEqual(seen, ["a letter", ["POST", "/a?b", "t", "push.example", "8"]]);
  assert.deepEqual(targets, [{ address: "104.18.0.1", port: 443, hostname: "push.example" }]);
});

test("ssrf: nothing is posted to an inner address, whatever names it, nor to where a redirect leads", async (t) => {
  for (const addresses of [["10.0.0.1"], ["104.18.0.1", "127.0.0.1"], ["::1"], ["169.254.169.254"]]) {
    const { post, targets } = web(t, (_request, response) => response.end(), addresses);
    await assert.rejects(
      post("https://push.example/", "a"),
      failsWith("invalid_request", /not of the public internet/),
    );
    assert.deepEqual(targets, []);
  }
  const { post, requirePublic, targets } = web(t, (_request, response) =>
    response.writeHead(307, { location: "http://169.254.169.254/" }).end(),
  );
  assert.equal((await post("https://push.example/", "a")).status, 307);
  assert.equal(targets.length, 1);
  await assert.rejects(post("https://10.0.0.1/", "a"), failsWith("invalid_request", /IP address/));
  assert.throws(() => requirePublic("https://10.0.0.1/"), failsWith("invalid_request", /IP address/));
  requirePublic("https://push.example/");
});

test("a letter that nobody answers ends in time", async (t) => {
  const { post } = web(t, () => undefined);
  await assert.rejects(post("https://push.example/", "a", 50), failsWith("unavailable", /too long|broke/));
});
