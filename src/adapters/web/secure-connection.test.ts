import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:https";
import { type TestContext, test } from "node:test";
import { selfSigned } from "../../../test/doctor/certificate.ts";
import { createGuardedFetch } from "./guarded-fetch.ts";
import { secureConnection } from "./secure-connection.ts";

/** Fetches a document of host.example, whose checked address leads to a server of this test with this certificate. */
async function fetchFrom(t: TestContext, name: string, days: number, trusted: boolean) {
  const { cert, key } = selfSigned(name, days);
  const seen: string[] = [];
  const server = createServer({ cert, key }, (request, response) => {
    seen.push(request.url ?? "");
    response.end("{}");
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const connect = secureConnection(trusted ? cert : undefined);
  const { fetchDocument } = createGuardedFetch({
    resolve: async () => ["104.18.0.1"],
    connect: ({ hostname }, signal) => connect({ address: "127.0.0.1", port: address.port, hostname }, signal),
  });
  const bounds = { maxBytes: 100, timeoutMs: 10_000, accept: "application/json" };
  const status = await fetchDocument("https://host.example/client.json", bounds).then(
    (answer) => answer.status,
    (error: unknown) => error,
  );
  return { status, seen };
}

test("a host is believed by a certificate for its own name, though the connection goes to an address", async (t) => {
  assert.deepEqual(await fetchFrom(t, "host.example", 30, true), { status: 200, seen: ["/client.json"] });
});

test("a certificate for another name, out of date or of nobody is refused before anything is asked", async (t) => {
  for (const [name, days, trusted] of [
    ["evil.example", 30, true],
    ["host.example", -1, true],
    ["host.example", 30, false],
  ] as const) {
    const { status, seen } = await fetchFrom(t, name, days, trusted);
    assert.ok(status instanceof Error && /cannot be reached/.test(status.message), name);
    assert.deepEqual(seen, []);
  }
});
