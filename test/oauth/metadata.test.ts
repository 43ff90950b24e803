import assert from "node:assert/strict";
import { request } from "node:http";
import { eachEngine } from "../database.ts";
import { membersOf, migrations, refused, startOAuth } from "./rig.ts";

eachEngine("discovery", migrations, async (t, database) => {
  const rig = await startOAuth(t, database);
  const places = ["", "/mcp", "/token"];

  const confidential = ["client_secret_basic", "client_secret_post", "private_key_jwt"];
  const signatures = ["RS256", "PS256", "ES256", "EdDSA"];
  const server = {
    issuer: rig.baseUrl,
    authorization_endpoint: `${rig.baseUrl}/authorize`,
    token_endpoint: `${rig.baseUrl}/token`,
    registration_endpoint: `${rig.baseUrl}/register`,
    client_id_metadata_document_supported: true,
    revocation_endpoint: `${rig.baseUrl}/revoke`,
    introspection_endpoint: `${rig.baseUrl}/introspect`,
    introspection_endpoint_auth_methods_supported: confidential,
    introspection_endpoint_auth_signing_alg_values_supported: signatures,
    userinfo_endpoint: `${rig.baseUrl}/userinfo`,
    jwks_uri: `${rig.baseUrl}/.well-known/jwks.json`,
    scopes_supported: ["read", "write", "profile", "mcp:invoke", "wallet:read", "offline_access"],
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: ["none", ...confidential],
    token_endpoint_auth_signing_alg_values_supported: signatures,
    revocation_endpoint_auth_methods_supported: ["none", ...confidential],
    revocation_endpoint_auth_signing_alg_values_supported: signatures,
    authorization_response_iss_parameter_supported: true,
  };
  const at = (name: string): readonly string[] =>
    places.flatMap((place) => ["", "/mcp"].map((suffix) => `${place}/.well-known/${name}${suffix}`));

  await t.test("the server's metadata says what is true, wherever a host looks for it", async () => {
    for (const path of at("oauth-authorization-server")) {
      assert.deepEqual(await membersOf(await rig.get(path)), server, path);
    }
  });

  await t.test("openid-configuration says the same and claims no ID token", async () => {
    const claims_supported = ["sub", "name", "email", "email_verified"];
    for (const path of at("openid-configuration")) {
      const document = await membersOf(await rig.get(path));
      assert.deepEqual(document, { ...server, subject_types_supported: ["public"], claims_supported }, path);
      assert.equal("id_token_signing_alg_values_supported" in document, false);
    }
  });

  await t.test("every endpoint that it names is there, and answers for itself", async () => {
    for (const [name, address] of Object.entries(server)) {
      if (!name.endsWith("_endpoint") && name !== "jwks_uri") continue;
      const { status } = await fetch(String(address), { method: "DELETE" });
      assert.equal(status, 405, name);
    }
  });

  await t.test(
    "the word that answers name their issuer can be left out, and clients cannot register where they may not",
    async (inner) => {
      const other = await startOAuth(inner, database, { advertiseIss: false, dynamicRegistration: false });
      for (const path of [...at("oauth-authorization-server"), ...at("openid-configuration")]) {
        const document = await membersOf(await other.get(path));
        assert.equal("authorization_response_iss_parameter_supported" in document, false, path);
        assert.equal("registration_endpoint" in document, false, path);
      }
    },
  );

  await t.test("the resource's metadata names the address that was asked for, and no offline_access", async () => {
    const resources = {
      "/.well-known/oauth-protected-resource": "",
      "/.well-known/oauth-protected-resource/mcp": "/mcp",
      "/token/.well-known/oauth-protected-resource": "",
      "/token/.well-known/oauth-protected-resource/mcp": "/mcp",
      "/mcp/.well-known/oauth-protected-resource": "/mcp",
      "/mcp/.well-known/oauth-protected-resource/mcp": "/mcp",
    };
    for (const [path, resource] of Object.entries(resources)) {
      assert.deepEqual(
        await membersOf(await rig.get(path)),
        {
          resource: `${rig.baseUrl}${resource}`,
          authorization_servers: [rig.baseUrl],
          scopes_supported: ["read", "write", "profile", "mcp:invoke", "wallet:read"],
          bearer_methods_supported: ["header"],
          resource_name: "Bellhop",
        },
        path,
      );
    }
  });

  await t.test("neither Host nor a forwarding header changes a word of it", async () => {
    const hostile = {
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "https",
      forwarded: "host=evil.example",
      host: "evil.example",
    };
    const body = await new Promise<string>((resolve, reject) => {
      const asked = request(
        `${rig.baseUrl}/.well-known/oauth-authorization-server`,
        { headers: hostile },
        (response) => {
          let text = "";
          response.on("data", (chunk) => void (text += String(chunk)));
          response.on("end", () => resolve(text));
        },
      );
      asked.on("error", reject).end();
    });
    assert.equal(body.includes("evil.example"), false);
    assert.equal(JSON.parse(body).issuer, rig.baseUrl);
  });

  await t.test("pages of any origin may read it and use the direct endpoints, without cookies", async () => {
    const origin = { origin: "https://client.example" };
    const paths = [
      "/.well-known/oauth-authorization-server",
      "/.well-known/oauth-protected-resource/mcp",
      "/.well-known/jwks.json",
      "/register",
      "/.well-known/openid-configuration",
      "/api/mcp/dcr/register",
      "/token",
      "/oauth/chatgpt/token",
      "/oauth/claude/token",
      "/api/connector/oauth/token",
      "/revoke",
      "/introspect",
      "/token/introspect",
      "/token/privy/access-token",
      "/userinfo",
      "/api/connector/oauth/userinfo",
    ];
    for (const path of paths) {
      const preflight = await fetch(rig.baseUrl + path, {
        method: "OPTIONS",
        headers: { ...origin, "access-control-request-method": "POST" },
      });
      assert.equal(preflight.status, 204, path);
      assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
      assert.equal(preflight.headers.get("access-control-allow-credentials"), null);
    }
    const error = await rig.postForm("/token", {}, origin);
    assert.equal(error.headers.get("access-control-allow-origin"), "*", "a page can read an error too");
    const consent = await rig.get("/api/consent?request=x", origin);
    assert.equal(
      consent.headers.get("access-control-allow-origin"),
      null,
      "what a browser's session decides is for our pages alone",
    );
  });

  await t.test("a wrong method is told the right ones", async () => {
    const allowed = {
      "/.well-known/jwks.json": "GET, HEAD, OPTIONS",
      "/register": "POST, OPTIONS",
      "/api/mcp/dcr/register": "POST, OPTIONS",
      "/revoke": "POST, OPTIONS",
      "/introspect": "POST, OPTIONS",
      "/token/introspect": "POST, OPTIONS",
      "/token/privy/access-token": "POST, OPTIONS",
      "/userinfo": "GET, HEAD, POST, OPTIONS",
      "/api/connector/oauth/authorize": "GET, HEAD",
      "/api/connector/oauth/request": "GET, HEAD",
      "/api/connector/oauth/exchange": "POST",
      "/api/connector/oauth/token": "POST, OPTIONS",
      "/api/connector/oauth/userinfo": "GET, HEAD, POST, OPTIONS",
      "/oauth/chatgpt/authorize": "GET, HEAD, POST",
      "/oauth/claude/token": "POST, OPTIONS",
      "/authorize": "GET, HEAD, POST",
      "/authorize/complete": "POST",
    };
    for (const [path, allow] of Object.entries(allowed)) {
      const response = await fetch(rig.baseUrl + path, { method: "DELETE" });
      assert.equal(response.headers.get("allow"), allow, path);
      await refused(response, 405, "invalid_request");
    }
    await refused(await fetch(`${rig.baseUrl}/api/consent`, { method: "DELETE" }), 405, "method_not_allowed");
  });

  assert.deepEqual(rig.unforeseen, []);
});
