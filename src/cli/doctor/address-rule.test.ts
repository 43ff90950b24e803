import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createAddressRule, type Resolve } from "./address-rule.ts";
import { Fault } from "./fault.ts";

const answering =
  (addresses: Readonly<Record<string, readonly string[]>>): Resolve =>
  async (hostname) =>
    (addresses[hostname] ?? []).map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));

const rule = (typed: string, addresses: Readonly<Record<string, readonly string[]>> = {}) =>
  createAddressRule(new URL(typed), answering(addresses));

const refused = (asked: Promise<unknown>): Promise<void> => assert.rejects(asked, Fault);

describe("which addresses the doctor connects to", () => {
  it("are public ones, of whatever host is named", async () => {
    const addresses = { "mcp.example": ["93.184.216.34"], "login.example": ["2606:2800:220:1::1", "93.184.216.35"] };
    const { addressesOf } = rule("https://mcp.example/mcp", addresses);
    assert.equal((await addressesOf("mcp.example")).length, 1);
    assert.equal((await addressesOf("login.example")).length, 2);
  });

  it("are inner ones at the host that was typed, and at no other", async () => {
    const { addressesOf } = rule("https://mcp.inside/mcp", { "mcp.inside": ["10.0.0.5"], "db.inside": ["10.0.0.6"] });
    await addressesOf("mcp.inside");
    await refused(addressesOf("db.inside"));
    await refused(addressesOf("127.0.0.1"));
  });

  it("stay public for a name that was public, whatever it turns to", async () => {
    const addresses = { "mcp.example": ["93.184.216.34"] };
    const { addressesOf } = rule("https://mcp.example/mcp", addresses);
    await addressesOf("mcp.example");
    addresses["mcp.example"] = ["127.0.0.1"];
    await refused(addressesOf("mcp.example"));
  });

  it("are none of a host that has an inner address beside a public one", async () => {
    const { addressesOf } = rule("https://mcp.example/mcp", { "two.example": ["93.184.216.34", "192.168.1.1"] });
    await refused(addressesOf("two.example"));
  });

  it("are other loopback ones only where loopback was typed", async () => {
    for (const typed of [
      "http://localhost:3002/mcp",
      "http://127.0.0.1/mcp",
      "http://[::1]/mcp",
      "http://a.localhost/mcp",
    ]) {
      const { addressesOf } = rule(typed);
      await addressesOf("127.0.0.1");
      await addressesOf("[::1]");
      await refused(addressesOf("10.0.0.1"));
      await refused(addressesOf("169.254.169.254"));
    }
    await refused(rule("https://mcp.example/mcp").addressesOf("127.0.0.1"));
    await refused(rule("https://localhost.example/mcp").addressesOf("127.0.0.1"));
  });

  it("are none of a name that does not exist", () =>
    refused(rule("https://mcp.example/mcp").addressesOf("mcp.example")));
});
