import assert from "node:assert/strict";
import { test } from "node:test";
import { isSafeRedirect } from "./redirect.ts";

test("addresses that leave the page are followed: https, loopback, an app's own scheme", () => {
  for (const uri of [
    "https://claude.ai/cb?code=1",
    "http://127.0.0.1:4123/cb",
    "http://[::1]/cb",
    "cursor://anysphere.mcp/cb",
    "com.example.app:/cb",
  ]) {
    assert.equal(isSafeRedirect(uri), true, uri);
  }
});

test("addresses that would run in the page's name, or are none, are not followed", () => {
  const others = [
    "javascript:alert(1)",
    " JavaScript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "blob:https://a/b",
    "about:blank",
    "/relative",
    "",
  ];
  for (const uri of others) assert.equal(isSafeRedirect(uri), false, uri);
});
