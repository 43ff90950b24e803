import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hostGuard } from "./guards.ts";
import { createRoutes } from "./router.ts";

const routes = createRoutes();
routes.use(hostGuard("https://bellhop.example.com"));
routes.get("/", (c) => c.text("here"));
routes.onError((error, c) => c.text(error.message, 403));

const statusFor = async (host: string): Promise<number> =>
  (await routes.request("http://bellhop.example.com/", { headers: { host } })).status;

describe("the host that a request names", () => {
  for (const host of [
    "bellhop.example.com",
    "BELLHOP.example.com:443",
    "localhost:3002",
    "app.localhost",
    "127.0.0.1:3002",
    "[::1]:3002",
    "bellhop:3002",
    "bellhop.internal",
    "10.0.0.5:3002",
    "[fd00::5]:3002",
  ])
    test(`${host} is ours, or nobody's: a proxy in front may call us so`, async () => {
      assert.equal(await statusFor(host), 200);
    });

  for (const host of [
    "evil.example",
    "evil.example:3002",
    "bellhop.example.com.evil.example",
    "localhost.evil.example",
    "10.0.0.5.evil.example",
    "internal.evil.example",
    "evil.example.",
    "a@evil.example",
    "",
  ])
    test(`${host || "no name"} may be a page's own name that points here`, async () => {
      assert.equal(await statusFor(host), 403);
    });
});
