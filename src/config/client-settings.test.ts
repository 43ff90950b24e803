import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError, parseConfig } from "./config.ts";

const presets = (environment: Record<string, string>) => parseConfig(environment).config.presets;
const claude = { id: "cid_59e99d1247b444bca4631382ecff3e36", host: "claude" };

test("Claude's published client id is known without a setting, and another may take its place", () => {
  assert.deepEqual(presets({}), [claude]);
  assert.deepEqual(presets({ CONNECTOR_CLAUDE_CLIENT_ID: "ours" }), [{ id: "ours", host: "claude" }]);
});

test("the first stack's ids are clients here, without a warning", () => {
  const { config, warnings } = parseConfig({
    TOKEN_AI_OIDC_CLIENT_ID: "dexter-mcp",
    TOKEN_AI_OIDC_CLIENT_ID_CHATGPT: "chatgpt",
    CONNECTOR_CLAUDE_CLIENT_ID: claude.id,
  });
  assert.deepEqual(config.presets, [{ id: "chatgpt", host: "chatgpt" }, claude, { id: "dexter-mcp", host: "any" }]);
  assert.deepEqual(warnings, []);
});

test("with a provider's endpoints, the general id is ours at that provider and no client here", () => {
  const environment = {
    TOKEN_AI_OIDC_CLIENT_ID: "dexter-mcp",
    TOKEN_AI_OIDC_AUTHORIZATION_ENDPOINT: "https://login.example.com/authorize",
    TOKEN_AI_OIDC_TOKEN_ENDPOINT: "https://login.example.com/token",
    TOKEN_AI_OIDC_USERINFO: "https://login.example.com/userinfo",
  };
  assert.deepEqual(presets(environment), [claude]);
});

test("an id that is an address, or a name of our own, is refused", () => {
  for (const id of ["https://host.example/client.json", "console", "emulator", "a b", "x".repeat(129)])
    assert.throws(() => presets({ TOKEN_AI_OIDC_CLIENT_ID_CHATGPT: id }), ConfigError, id);
});

test("registration is on unless it is switched off", () => {
  assert.equal(parseConfig({}).config.dynamicRegistration, true);
  assert.equal(parseConfig({ BELLHOP_DYNAMIC_REGISTRATION: "off" }).config.dynamicRegistration, false);
  assert.throws(() => parseConfig({ BELLHOP_DYNAMIC_REGISTRATION: "maybe" }), ConfigError);
});
