import assert from "node:assert/strict";
import { test } from "node:test";
import { webAddress } from "./web-address.ts";

test("http and https addresses may be opened", () => {
  for (const text of ["https://example.com/a?b#c", "http://localhost:3002", "  HTTPS://EXAMPLE.COM  "])
    assert.ok(webAddress(text), text);
});

test("nothing else may", () => {
  const others = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " \tjavascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://example.com/1",
    "ftp://example.com",
    "intent://scan/#Intent;end",
    "//example.com",
    "/path",
    "example.com",
    "[text](javascript:alert(1))",
    "",
    null,
    undefined,
    7,
    { href: "https://example.com" },
  ];
  for (const text of others) assert.equal(webAddress(text), null, String(text));
});

test("the host that is shown is the one that it leads to, whatever stands before it or looks like it", () => {
  assert.equal(webAddress("https://bank.example@evil.example/")?.host, "evil.example");
  assert.equal(webAddress("https://bаnk.example/")?.host, "xn--bnk-6cd.example");
});
