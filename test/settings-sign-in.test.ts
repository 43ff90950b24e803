import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseConfig } from "../src/config/config.ts";
import { ENDPOINTS, problemsOf } from "./settings-problems.ts";

describe("sign-in", () => {
  const ours = "https://bellhop.example.com";
  const published = { SERVER_BASE_URL: ours };
  const explicit = { ...published, ...ENDPOINTS, TOKEN_AI_OIDC_CLIENT_ID: "bellhop" };

  it("at a provider by its metadata, or by its three addresses, each with our id there", () => {
    const byMetadata = { ...published, OIDC_ISSUER: "https://login.example.com/tenant", OIDC_CLIENT_ID: "ours" };
    const { oidc } = parseConfig(byMetadata).config.signIn;
    assert.deepEqual(oidc?.place, { kind: "discovery", issuer: "https://login.example.com/tenant" });
    assert.deepEqual([oidc?.clientId, oidc?.title], ["ours", "login.example.com"]);
    const byAddresses = parseConfig({ ...explicit, OIDC_TITLE: "Example" }).config.signIn.oidc;
    assert.equal(byAddresses?.place.kind, "endpoints");
    assert.deepEqual([byAddresses?.clientId, byAddresses?.title], ["bellhop", "Example"]);
    assert.deepEqual(parseConfig(explicit).warnings, []);
  });

  it("never by an address of our own: nobody would be asked who they are but ourselves", () => {
    for (const name of Object.keys(ENDPOINTS))
      assert.deepEqual(problemsOf({ ...explicit, [name]: `${ours}/x` }), [name]);
    assert.deepEqual(problemsOf({ ...published, OIDC_ISSUER: ours, OIDC_CLIENT_ID: "x" }), ["OIDC_ISSUER"]);
    const moved = { ...explicit, SERVER_BASE_URL: "", TOKEN_AI_MCP_PUBLIC_URL: "https://login.example.com/mcp" };
    assert.deepEqual(problemsOf(moved), Object.keys(ENDPOINTS));
  });

  it("names what is missing", () => {
    const [one] = Object.entries(ENDPOINTS);
    assert.deepEqual(problemsOf(Object.fromEntries([one ?? assert.fail()])), [
      "TOKEN_AI_OIDC_TOKEN_ENDPOINT",
      "TOKEN_AI_OIDC_USERINFO",
      "TOKEN_AI_OIDC_CLIENT_ID",
    ]);
    assert.deepEqual(problemsOf({ OIDC_ISSUER: "https://a.example" }), ["OIDC_CLIENT_ID"]);
    assert.deepEqual(problemsOf({ ...explicit, OIDC_ISSUER: "https://a.example", OIDC_CLIENT_ID: "x" }), [
      "OIDC_ISSUER",
    ]);
    assert.deepEqual(problemsOf({ TURNSTILE_SITE_KEY: "x" }), ["TURNSTILE_SECRET_KEY"]);
    assert.deepEqual(problemsOf({ TURNSTILE_SECRET_KEY: "x" }), ["TURNSTILE_SITE_KEY"]);
  });

  it("cannot be closed altogether", () => {
    assert.deepEqual(problemsOf({ BELLHOP_EMAIL_SIGN_IN: "off" }), ["BELLHOP_EMAIL_SIGN_IN"]);
    assert.deepEqual(problemsOf({ BELLHOP_EMAIL_SIGN_IN: "off", SUPABASE_URL: "https://a.supabase.co" }), []);
  });

  it("says what is set in vain", () => {
    const vain = {
      SUPABASE_ANON_KEY: "the-public-key",
      OIDC_TITLE: "Example",
      PRIVY_SCRIPT_URL: "https://a.example/x.js",
    };
    const { warnings } = parseConfig(vain);
    assert.deepEqual(warnings.map((warning) => warning.split(" ")[0]).toSorted(), Object.keys(vain).toSorted());
  });

  it("says who is told nothing by mail where no code of ours proves an address", () => {
    const supabase = { SUPABASE_URL: "https://a.supabase.co" };
    const off = parseConfig({ ...supabase, BELLHOP_EMAIL_SIGN_IN: "off" }).warnings;
    assert.equal(off.length, 1);
    assert.match(off[0] ?? "", /^BELLHOP_EMAIL_SIGN_IN is off, .* in browsers that they have added alone\.$/);
    assert.deepEqual(parseConfig({ ...supabase, BELLHOP_EMAIL_SIGN_IN: "on" }).warnings, []);
  });

  it("leaves the id of the preset client alone where no endpoint is set", () => {
    const { config, warnings } = parseConfig({ TOKEN_AI_OIDC_CLIENT_ID: "preset" });
    assert.equal(config.signIn.oidc, undefined);
    assert.deepEqual(warnings, []);
  });
});
