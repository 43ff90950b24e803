import assert from "node:assert/strict";
import { createServer } from "node:http";
import { type TestContext, test } from "node:test";
import type { HostAddress } from "../../src/cli/doctor/address-rule.ts";
import { runDoctor } from "../../src/cli/doctor/run-doctor.ts";
import { listening } from "./listening.ts";

/** A service inside the network, which nobody may reach by what a stranger publishes. */
async function startTrap(t: TestContext, host: string): Promise<{ port: number; visitors: string[] }> {
  const visitors: string[] = [];
  const server = createServer((request, response) => {
    visitors.push(`${request.method} ${request.headers.host}${request.url}`);
    response.end("{}");
  });
  // Whoever connects is caught, even without a request.
  server.on("connection", () => visitors.push("a connection"));
  return { port: await listening(t, server, host), visitors };
}

/** A server whose every published address is `target`, or leads there by a redirect. */
async function startLure(t: TestContext, target: (path: string) => string): Promise<number> {
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    if (path === "/mcp") {
      response
        .writeHead(401, { "www-authenticate": `Bearer resource_metadata="${target("/prm")}", scope="read"` })
        .end();
    } else if (path.startsWith("/.well-known/oauth-protected-resource")) {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ resource: target("/mcp"), authorization_servers: [target("")] }));
    } else if (path.startsWith("/.well-known/oauth-authorization-server")) {
      response.writeHead(200, { "content-type": "application/json" });
      const names = ["authorization", "token", "registration", "revocation", "userinfo"];
      const endpoints = names.map((name) => [`${name}_endpoint`, target(`/${name}`)]);
      response.end(JSON.stringify({ issuer: target(""), jwks_uri: target("/jwks"), ...Object.fromEntries(endpoints) }));
    } else response.writeHead(307, { location: target(path) }).end();
  });
  return listening(t, server);
}

/** Names of the test's own: one is the server that was typed, another one of its network. */
const names: Readonly<Record<string, string>> = { "typed.test": "127.0.0.1", "inside.test": "127.0.0.1" };

async function resolve(hostname: string): Promise<readonly HostAddress[]> {
  const address = names[hostname] ?? { localhost: "127.0.0.1" }[hostname];
  if (address === undefined) throw new Error(`Nobody is called ${hostname}.`);
  return [{ address, family: 4 }];
}

const WAYS_IN = [
  "127.0.0.1",
  "localhost",
  "inside.test",
  "2130706433",
  "0x7f.1",
  "0177.0.0.1",
  "127.1",
  "[::1]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "0.0.0.0",
  "[::]",
  "169.254.169.254",
  "10.0.0.1",
  "[fe80::1]",
  "[fd00::1]",
  "[64:ff9b::7f00:1]",
  "[2002:7f00:1::]",
];

test("what a server publishes never leads the doctor into the network behind it", async (t) => {
  for (const host of WAYS_IN) {
    await t.test(host, async (st) => {
      const trap = await startTrap(st, host === "[::1]" ? "::1" : "127.0.0.1");
      const target = (path: string): string => `http://${host}:${trap.port}${path}`;
      const lure = await startLure(st, target);
      const approve = async (url: string): Promise<URLSearchParams> => new URL(url).searchParams;
      const findings = await runDoctor({
        url: `http://typed.test:${lure}/mcp`,
        userAgent: "trap",
        resolve,
        approve,
        patienceMs: 2000,
      });
      assert.deepEqual(trap.visitors, []);
      const document = findings.find(({ id }) => id === "resource.document");
      assert.equal(document?.status, "FAIL");
      assert.match(document?.cause ?? "", /an address inside a network.*It was not asked/);
      assert.match(document?.fix ?? "", /public address/);
    });
  }
});

test("a redirect is not followed, wherever it leads", async (t) => {
  const trap = await startTrap(t, "127.0.0.1");
  const server = createServer((_request, response) => {
    response.writeHead(302, { location: `http://127.0.0.1:${trap.port}/` }).end();
  });
  const port = await listening(t, server);
  await runDoctor({ url: `http://localhost:${port}/mcp`, userAgent: "trap" });
  assert.deepEqual(trap.visitors, []);
});

test("who types a loopback address is testing there, and other loopback addresses may be asked", async (t) => {
  const trap = await startTrap(t, "127.0.0.1");
  const lure = await startLure(t, (path) => `http://localhost:${trap.port}${path}`);
  await runDoctor({ url: `http://127.0.0.1:${lure}/mcp`, userAgent: "trap", resolve });
  assert.ok(trap.visitors.includes(`GET localhost:${trap.port}/prm`));
});
