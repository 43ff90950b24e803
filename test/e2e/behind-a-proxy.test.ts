import assert from "node:assert/strict";
import { type IncomingHttpHeaders, request } from "node:http";
import { test } from "node:test";
import { decodeJwt } from "jose";
import * as z from "zod";
import { startBellhop } from "../bellhop.ts";
import { linkWithPrivy, pkce, privyApp, register } from "../clients/raw-link.ts";

const PUBLIC = "https://bellhop.example.com";

/** What proxies, and those who pretend to be one, send along. */
const hostile: readonly Readonly<Record<string, string>>[] = [
  {},
  { host: "bellhop.example.com" },
  { host: "bellhop.example.com:8443", "x-forwarded-proto": "http" },
  { host: "localhost", "x-forwarded-host": "evil.example", "x-forwarded-proto": "http", "x-forwarded-port": "81" },
  {
    "x-forwarded-host": "evil.example, bellhop.example.com",
    "x-forwarded-prefix": "/evil",
    "x-forwarded-for": "1.2.3.4",
  },
  { forwarded: "for=1.2.3.4;host=evil.example;proto=http", "x-original-host": "evil.example" },
  {
    "x-original-url": "/evil",
    "x-rewrite-url": "https://evil.example/",
    "x-host": "evil.example",
    via: "1.1 evil.example",
  },
];

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A request with any `Host`, which fetch would not send. */
const ask = (url: string, headers: Readonly<Record<string, string>>, method = "GET"): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      let text = "";
      response.on("data", (chunk) => void (text += String(chunk)));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    sent.on("error", reject).end();
  });

test("configuration alone says what this server is called", async (t) => {
  const app = await privyApp();
  const { url } = await startBellhop(t, {
    environment: {
      TOKEN_AI_MCP_PUBLIC_URL: `${PUBLIC}/mcp`,
      SERVER_BASE_URL: "https://not-this-one.example",
      BELLHOP_TRUSTED_PROXIES: "1",
      PRIVY_APP_ID: app.appId,
      PRIVY_VERIFICATION_KEY: app.verificationKey,
    },
  });
  const facts = z.record(z.string(), z.unknown());
  const both = (answer: Answer): string => `${JSON.stringify(answer.headers)}\n${answer.text}`;

  await t.test("metadata, at every place, behind any proxy", async () => {
    for (const headers of hostile) {
      for (const place of ["", "/mcp", "/token"]) {
        for (const name of ["oauth-authorization-server", "openid-configuration"]) {
          const answer = await ask(`${url}${place}/.well-known/${name}`, headers);
          const document = facts.parse(JSON.parse(answer.text));
          assert.equal(document["issuer"], PUBLIC);
          for (const [member, value] of Object.entries(document))
            if (/_endpoint$|_uri$/.test(member)) assert.ok(String(value).startsWith(`${PUBLIC}/`), member);
          assert.doesNotMatch(both(answer), /evil|not-this-one/);
        }
      }
      const resource = await ask(`${url}/.well-known/oauth-protected-resource/mcp`, headers);
      const { resource: name, authorization_servers: servers } = facts.parse(JSON.parse(resource.text));
      assert.deepEqual([name, servers], [`${PUBLIC}/mcp`, [PUBLIC]]);
    }
  });

  await t.test("the challenge of a call without a token", async () => {
    for (const headers of hostile) {
      for (const path of ["/mcp", "/mcp/"]) {
        const answer = await ask(`${url}${path}`, headers, "POST");
        assert.equal(answer.status, 401);
        const expected = `resource_metadata="${PUBLIC}/.well-known/oauth-protected-resource${path}"`;
        assert.ok(answer.headers["www-authenticate"]?.includes(expected), answer.headers["www-authenticate"]);
        assert.doesNotMatch(both(answer), /evil/);
      }
    }
  });

  await t.test("where a browser is sent, and its cookie", async () => {
    const clientId = await register(url);
    const query = new URLSearchParams({
      response_type: "code",
      client_id: clientId,
      redirect_uri: "https://client.example/callback",
      code_challenge: pkce().challenge,
      code_challenge_method: "S256",
    });
    for (const headers of hostile) {
      for (const path of ["/authorize", "/oauth/chatgpt/authorize", "/oauth/claude/authorize"]) {
        const { headers: seen } = await ask(`${url}${path}?${query.toString()}`, headers);
        assert.ok(seen.location?.startsWith(`${PUBLIC}/app/consent?request=`), seen.location);
        assert.match(String(seen["set-cookie"]), /^__Host-bellhop-link=.*; Secure/);
      }
      const { headers: seen } = await ask(`${url}/api/connector/oauth/authorize?${query.toString()}`, headers);
      assert.ok(seen.location?.startsWith(`${PUBLIC}/authorize?`), seen.location);
    }
  });

  await t.test("issuer and audience of the tokens", async () => {
    const { access_token: access } = await linkWithPrivy(url, app);
    const { iss, aud } = decodeJwt(access);
    assert.deepEqual({ iss, aud }, { iss: PUBLIC, aud: PUBLIC });
    for (const headers of hostile) {
      const answer = await ask(`${url}/userinfo`, { ...headers, authorization: `Bearer ${access}` });
      assert.equal(answer.status, 200, answer.text);
    }
  });

  await t.test("a foreign Host is refused before anything is said in its name (DNS rebinding)", async () => {
    for (const host of ["evil.example", "bellhop.example.com.evil.example", "evil.example:3002"]) {
      const answer = await ask(`${url}/.well-known/oauth-authorization-server`, { host });
      assert.equal(answer.status, 403, host);
      assert.doesNotMatch(both(answer), /evil/);
    }
  });
});
