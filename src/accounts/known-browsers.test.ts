import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createKnownBrowsers } from "./known-browsers.ts";

const parts = { baseUrl: "https://bellhop.example", masterSecret: "a secret of the test" };
const browsers = createKnownBrowsers(parts);
const identityOf = (subject: string, issuer = "email") => ({ issuer, subject, label: subject });
const asking = (cookie = ""): Request => new Request("https://bellhop.example/", { headers: { cookie } });

/** The cookie as the browser sends it back. */
function proven(address: string): string {
  const set = browsers.remember(asking(), identityOf(address));
  assert.ok(set);
  return set.split(";")[0] ?? "";
}

describe("a browser in which an address was proven", () => {
  it("is known for that address, and for no other", () => {
    const cookie = proven("ada@example.com");
    assert.match(browsers.nameFor(asking(cookie), "ada@example.com") ?? "", /^[\w-]{22}$/);
    assert.equal(browsers.nameFor(asking(cookie), "bob@example.com"), null);
    assert.equal(browsers.nameFor(asking(), "ada@example.com"), null);
  });

  it("keeps its name, so that proving again brings no new share", () => {
    const cookie = proven("ada@example.com");
    assert.equal(browsers.remember(asking(cookie), identityOf("ada@example.com")), null);
    assert.ok(browsers.remember(asking(cookie), identityOf("bob@example.com")));
  });

  it("cannot be made up, and is none of another installation", () => {
    const cookie = proven("ada@example.com");
    const [name = "", mac = ""] = (cookie.split("=")[1] ?? "").split(".");
    const other = createKnownBrowsers({ ...parts, masterSecret: "another secret" });
    assert.equal(other.nameFor(asking(cookie), "ada@example.com"), null);
    for (const value of [
      `${"A".repeat(22)}.${mac}`,
      `${name}.${"A".repeat(43)}`,
      `${name}.`,
      name,
      ".",
      "x".repeat(5000),
    ])
      assert.equal(browsers.nameFor(asking(`__Host-bellhop-browser=${value}`), "ada@example.com"), null, value);
  });

  it("tells the address to nobody, and lasts a year", () => {
    const set = browsers.remember(asking(), identityOf("ada@example.com")) ?? "";
    assert.doesNotMatch(set, /ada|example\.com/);
    assert.match(set, /; Max-Age=31536000; .*HttpOnly; SameSite=Lax; Secure$/);
  });

  it("is only made by an email address", () => {
    assert.equal(browsers.remember(asking(), identityOf("did:privy:ada", "privy.io")), null);
  });
});
