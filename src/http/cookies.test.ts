import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hostCookie } from "./cookies.ts";

const asking = (cookie: string): Request => new Request("http://localhost/", { headers: { cookie } });

describe("a cookie of ours", () => {
  const plain = hostCookie("bellhop-session", "http://localhost:3002");
  const secure = hostCookie("bellhop-session", "https://link.example.com");

  it("is bound to its host and Secure where the base URL is https", () => {
    assert.equal(
      secure.set("abc", 60),
      "__Host-bellhop-session=abc; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure",
    );
  });

  it("goes without prefix and Secure on plain http, where browsers would drop both", () => {
    assert.equal(plain.set("abc", 60), "bellhop-session=abc; Max-Age=60; Path=/; HttpOnly; SameSite=Lax");
  });

  it("is cleared with the attributes with which it was set", () => {
    assert.equal(secure.clear(), "__Host-bellhop-session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure");
  });

  it("is found among others, by its whole name", () => {
    assert.equal(plain.read(asking("a=1; bellhop-session=xyz; b=2")), "xyz");
    assert.equal(plain.read(asking("bellhop-session=first; bellhop-session=second")), "first");
    assert.equal(plain.read(asking("not-bellhop-session=xyz; bellhop-session2=q; bellhop-session")), null);
    assert.equal(plain.read(new Request("http://localhost/")), null);
  });

  it("does not take the unprefixed name for the prefixed one", () => {
    assert.equal(secure.read(asking("bellhop-session=xyz")), null);
  });
});
