import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../kernel/errors.ts";
import { channelOf, checkRedirectUri, describeRedirect, mayBounceTo, redirectMatches } from "./redirect-uri.ts";

const refusal = (error: unknown): boolean => error instanceof AppError && error.code === "invalid_redirect_uri";

test("https, loopback and app addresses can be registered", () => {
  const allowed = [
    "https://chatgpt.com/connector_platform_oauth_redirect",
    "https://claude.ai/api/mcp/auth_callback",
    "https://app.example:8443/cb?tenant=a%20b",
    "http://localhost/callback",
    "http://localhost:57470/callback",
    "http://127.0.0.1:1/",
    "http://[::1]:9/cb",
    "cursor://anysphere.cursor-retrieval/oauth/callback",
    "vscode://vendor.extension/done",
    "vscode-insiders://vendor.extension/done",
    "com.example.app:/done",
  ];
  for (const uri of allowed) assert.doesNotThrow(() => checkRedirectUri(uri), uri);
});

test("redirect-injection: an address that could run script, leave the web or hide its host cannot be registered", () => {
  const forbidden = [
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "javascript://app.example/%0aalert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://app.example/1",
    "about:blank",
    "ws://app.example/",
    "ftp://app.example/",
    "mailto:a@b.example",
    "ms-settings://x",
    "ms-msdt://x",
    "search-ms://x",
    "microsoft-edge://app.example",
    "itms://x",
    "itms-apps://x",
    "itms-services://?action=download-manifest",
    "applescript://com.apple.scripteditor?action=new",
    "x-apple.systempreferences://x",
    "help://x",
    "tel://1",
    "sms://1",
    "facetime://x",
    "smb://x/y",
    "sftp://x/y",
    "ssh://x",
    "telnet://x",
    "ldap://x",
    "gopher://x",
    "news://x",
    "nntp://x",
    "chrome://settings",
    "chrome-extension://x/y",
    "moz-extension://x/y",
    "res://x",
    "mk://x",
    "jar://x",
    "wyciwyg://x",
    "feed://x",
    "intent://x",
    "android-app://x",
    "market://x",
    "steam://x",
    "shell://x",
    "view-source:https://app.example",
    "urn:ietf:wg:oauth:2.0:oob",
    "app:callback",
    "http://app.example/cb",
    "http://localhost.evil.example/cb",
    "http://localhost@evil.example/cb",
    "http://127.0.0.1.evil.example/",
    "http://2130706433/cb",
    "http://[::ffff:127.0.0.1]/",
    "https://app.example/cb#",
    "https://app.example/cb#x",
    "https://user:pw@app.example/cb",
    "https://@app.example/cb",
    "https:///app.example/cb",
    "https:///user@app.example/cb",
    "https://?x=app.example",
    "cursor://user:pw@x/cb",
    "cursor://user@x/cb",
    "https:app.example/cb",
    "https:/app.example/cb",
    "https:\\\\app.example\\cb",
    "https://app.example\\@evil.example/",
    "https://app.example/\r\nset-cookie:x",
    "https://app.example/ cb",
    "https://app.example/%zz",
    "https://exämple.example/",
    "https://app.example:99999/",
    "https://app.example/cb?code=mine",
    "https://app.example/cb?a=1&iss=mine",
    "//app.example/cb",
    "/cb",
    "",
    `https://app.example/${"x".repeat(2048)}`,
  ];
  for (const uri of forbidden) assert.throws(() => checkRedirectUri(uri), refusal, uri);
});

test("a requested address is a registered one letter by letter", () => {
  const registered = ["https://app.example/cb"];
  assert.ok(redirectMatches(registered, "https://app.example/cb"));
  for (const uri of [
    "https://app.example/cb/",
    "https://app.example/cb?x=1",
    "https://app.example/CB",
    "https://APP.example/cb",
    "https://app.example:443/cb",
    "https://app.example/a/../cb",
    "https://app.example/%63b",
    "https://app.example.evil.example/cb",
    "http://app.example/cb",
    "https://app.example/cb#",
  ]) {
    assert.equal(redirectMatches(registered, uri), false, uri);
  }
});

test("only the port of a loopback address may differ", () => {
  const registered = ["http://localhost/callback", "http://127.0.0.1:3000/cb?x=1", "http://[::1]/cb"];
  for (const uri of ["http://localhost:57470/callback", "http://127.0.0.1/cb?x=1", "http://[::1]:65535/cb"]) {
    assert.ok(redirectMatches(registered, uri), uri);
  }
  for (const uri of [
    "http://localhost:57470/other",
    "http://127.0.0.1:57470/callback",
    "https://localhost:57470/callback",
    "http://localhost:57470/callback?x=1",
    "http://localhost:57470@evil.example/callback",
    "http://localhost:99999/callback",
    "http://localhost:/callback",
    "http://LOCALHOST/callback",
    "http://localhost.:1/callback",
    "http://localhost:1\\@evil.example/callback",
    "http://127.0.0.1:3000/cb?x=2",
  ]) {
    assert.equal(redirectMatches(registered, uri), false, uri);
  }
});

test("the consent page is told where an answer goes", () => {
  assert.deepEqual(describeRedirect("https://app.example:8443/cb"), { kind: "https", host: "app.example:8443" });
  assert.deepEqual(describeRedirect("http://localhost:8000/cb"), { kind: "loopback", host: "localhost:8000" });
  assert.deepEqual(describeRedirect("cursor://x/cb"), { kind: "app", host: "cursor" });
});

test("a browser is sent on by itself only to this machine and to hosts that we know", () => {
  for (const uri of ["http://localhost:1/cb", "http://[::1]/cb", "https://chatgpt.com/cb", "https://claude.com/cb"]) {
    assert.ok(mayBounceTo(uri), uri);
  }
  for (const uri of ["https://app.example/cb", "https://chatgpt.com.evil.example/", "cursor://x/cb"]) {
    assert.equal(mayBounceTo(uri), false, uri);
  }
});

test("the surface is known by where codes go, and by nothing that merely looks like it", () => {
  assert.equal(channelOf("https://chatgpt.com/connector/oauth/abc"), "chatgpt");
  assert.equal(channelOf("https://chat.openai.com/aip/g-1/oauth/callback"), "chatgpt");
  assert.equal(channelOf("https://claude.ai/api/mcp/auth_callback"), "claude");
  assert.equal(channelOf("https://claude.com/api/mcp/auth_callback"), "claude");
  for (const uri of [
    "https://chatgpt.com.evil.example/cb",
    "https://chatgpt.com:8443/cb",
    "https://evil.example/chatgpt.com",
    "http://localhost/callback",
    "claude.ai://cb",
    "constructor.x://cb",
  ]) {
    assert.equal(channelOf(uri), "mcp", uri);
  }
});
