import assert from "node:assert/strict";
import { test } from "node:test";
import { serve } from "@hono/node-server";
import { once } from "node:events";
import { clientAddress, networkOf } from "./client-address.ts";
import { createRoutes } from "./router.ts";

test("IPv4 counts whole, IPv6 by its /64, and a mapped address as the IPv4 that it is", () => {
  assert.equal(networkOf("203.0.113.7"), "203.0.113.7");
  assert.equal(networkOf("::ffff:203.0.113.7"), "203.0.113.7");
  assert.equal(networkOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  assert.equal(networkOf("2001:DB8:1:2::9"), networkOf("2001:db8:1:2:ffff::1"));
  assert.notEqual(networkOf("2001:db8:1:2::9"), networkOf("2001:db8:1:3::9"));
  assert.equal(networkOf("::1"), "0:0:0:0::/64");
  assert.equal(networkOf("fe80::1%eth0"), "fe80:0:0:0::/64");
});

test("a forwarding header is believed only as far as our own proxies wrote it", async (t) => {
  const routes = createRoutes();
  for (const trusted of [0, 1, 2]) routes.get(`/${trusted}`, (c) => c.text(clientAddress(trusted)(c)));
  const server = serve({ fetch: routes.fetch, port: 0, hostname: "127.0.0.1" });
  await once(server, "listening");
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === "object" && address);
  const ask = async (trusted: number, forwarded?: string): Promise<string> =>
    (
      await fetch(`http://127.0.0.1:${address.port}/${trusted}`, {
        headers: forwarded ? { "x-forwarded-for": forwarded } : {},
      })
    ).text();
  assert.equal(await ask(0, "198.51.100.1"), "127.0.0.1");
  assert.equal(await ask(1, "made.up, 198.51.100.1"), "198.51.100.1");
  assert.equal(await ask(2, "made.up, 198.51.100.1, 10.0.0.1"), "198.51.100.1");
  assert.equal(await ask(1), "127.0.0.1");
  assert.equal(await ask(2, "only one"), "127.0.0.1");
});

test("a header that nobody believes is told of once, however often it comes", async (t) => {
  let told = 0;
  const routes = createRoutes();
  const address = clientAddress(0, () => (told += 1));
  routes.get("/", (c) => c.text(address(c)));
  const server = serve({ fetch: routes.fetch, port: 0, hostname: "127.0.0.1" });
  await once(server, "listening");
  t.after(() => server.close());
  const at = server.address();
  assert.ok(typeof at === "object" && at);
  const ask = (headers: Record<string, string>) => fetch(`http://127.0.0.1:${at.port}/`, { headers });
  await ask({});
  assert.equal(told, 0);
  for (let request = 0; request < 5; request += 1) await ask({ "x-forwarded-for": `198.51.100.${request}` });
  assert.equal(told, 1);
});
