import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { startBellhop } from "../bellhop.ts";
import { callTool, linkWithPrivy, privyApp } from "../clients/raw-link.ts";

/** A request whose Host, Origin and body are exactly as given; resolves with status, headers and text. */
function send(url: string, options: { method?: string; headers?: Record<string, string>; body?: string | Buffer }) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const sent = request(url, { method: options.method ?? "POST", headers: options.headers ?? {} }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    sent.on("error", reject);
    sent.end(options.body);
  });
}

test("bad input at the MCP address", async (t) => {
  const app = await privyApp();
  const bellhop = await startBellhop(t, {
    environment: { PRIVY_APP_ID: app.appId, PRIVY_VERIFICATION_KEY: app.verificationKey },
  });
  const tokens = await linkWithPrivy(bellhop.url, app);
  const reader = await linkWithPrivy(bellhop.url, app, "did:privy:ana", "read");
  const headers = {
    authorization: `Bearer ${tokens.access_token}`,
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": "2025-11-25",
  };
  const rpc = (method: string, params: unknown) => JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const echo = rpc("tools/call", { name: "echo", arguments: { text: "hi" } });

  await t.test("no token, and a wrong one, are answered with the challenge in header and body", async () => {
    for (const [authorization, expected] of [
      ["", /^Bearer resource_metadata="[^"]+\/\.well-known\/oauth-protected-resource\/mcp", scope="[^"]+"$/],
      ["Bearer nonsense", /error="invalid_token"/],
      ["Basic dXNlcjpwYXNz", /resource_metadata=/],
    ] as const) {
      const { authorization: _valid, ...rest } = headers;
      const answer = await send(bellhop.mcpUrl, {
        headers: authorization ? { ...rest, authorization } : rest,
        body: echo,
      });
      assert.equal(answer.status, 401);
      assert.match(String(answer.headers["www-authenticate"]), expected);
      const body: unknown = JSON.parse(answer.text);
      assert.deepEqual(Reflect.get(Object(Reflect.get(Object(body), "_meta")), "mcp/www_authenticate"), [
        answer.headers["www-authenticate"],
      ]);
      assert.match(answer.text, /"request_id"/);
    }
  });

  await t.test("malformed JSON, a wrong content type, an oversized body, a wrong method", async () => {
    assert.equal((await send(bellhop.mcpUrl, { headers, body: '{"jsonrpc":' })).status, 400);
    assert.match((await send(bellhop.mcpUrl, { headers, body: '{"jsonrpc":' })).text, /-32700/);
    assert.equal(
      (await send(bellhop.mcpUrl, { headers: { ...headers, "content-type": "text/plain" }, body: echo })).status,
      415,
    );
    assert.equal((await send(bellhop.mcpUrl, { headers, body: Buffer.alloc(1_200_000, 0x20) })).status, 413);
    assert.equal((await send(bellhop.mcpUrl, { method: "DELETE", headers })).status, 405);
    assert.equal((await send(bellhop.mcpUrl, { method: "PUT", headers, body: echo })).status, 405);
  });

  await t.test(
    "an unknown tool and an unknown method are faults of the request; wrong arguments are an answer",
    async () => {
      assert.match(
        (await send(bellhop.mcpUrl, { headers, body: rpc("tools/call", { name: "nothing" }) })).text,
        /-32602.*no tool named nothing|no tool named nothing.*-32602/s,
      );
      assert.match((await send(bellhop.mcpUrl, { headers, body: rpc("no/such/method", {}) })).text, /-32601/);
      const wrong = await callTool(bellhop.mcpUrl, tokens.access_token, "echo", { text: { not: "text" } });
      assert.equal(wrong.status, 200);
      assert.match(await wrong.text(), /"isError":true/);
    },
  );

  await t.test("NUL and lone surrogates are refused by name and store nothing", async () => {
    for (const text of ["I look for a\0 luthier.", "I look for a luthier \ud800."]) {
      const answer = await callTool(bellhop.mcpUrl, tokens.access_token, "extract_intent", { fullInputText: text });
      assert.equal(answer.status, 200);
      const body = await answer.text();
      assert.match(body, /"isError":true/);
      assert.match(body, /\(invalid_input, request /);
    }
    const stored = await callTool(bellhop.mcpUrl, tokens.access_token, "extract_intent", {
      fullInputText: "I'm looking for a luthier.",
    });
    assert.match(await stored.text(), /"alreadyStored":false/);
  });

  await t.test("a foreign Host and a foreign Origin are refused; loopback pages get CORS", async () => {
    assert.equal(
      (await send(bellhop.mcpUrl, { headers: { ...headers, host: "evil.example" }, body: echo })).status,
      403,
    );
    assert.equal((await send(`${bellhop.url}/app`, { method: "GET", headers: { host: "evil.example" } })).status, 403);
    assert.equal(
      (await send(bellhop.mcpUrl, { headers: { ...headers, origin: "https://evil.example" }, body: echo })).status,
      403,
    );
    assert.equal((await send(bellhop.mcpUrl, { headers: { ...headers, origin: "null" }, body: echo })).status, 403);
    const page = await send(bellhop.mcpUrl, { headers: { ...headers, origin: "http://localhost:6274" }, body: echo });
    assert.equal(page.status, 200);
    assert.equal(page.headers["access-control-allow-origin"], "http://localhost:6274");
    assert.equal(page.headers["access-control-allow-credentials"], undefined);
    const preflight = await send(bellhop.mcpUrl, {
      method: "OPTIONS",
      headers: { origin: "http://localhost:6274", "access-control-request-method": "POST" },
    });
    assert.equal(preflight.status, 204);
  });

  await t.test("a scope that was not granted: 403 with all that is needed, and a receipt", async () => {
    const answer = await callTool(bellhop.mcpUrl, reader.access_token, "extract_intent", {
      fullInputText: "I'm looking for a cellist.",
    });
    assert.equal(answer.status, 403);
    assert.match(answer.headers.get("www-authenticate") ?? "", /error="insufficient_scope"/);
    assert.match(answer.headers.get("www-authenticate") ?? "", /scope="write"/);
    const receipts = await fetch(`${bellhop.url}/receipts`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    assert.match(await receipts.text(), /insufficient_scope/);
    assert.equal(
      (await fetch(`${bellhop.url}/receipts`, { headers: { authorization: `Bearer ${reader.access_token}` } })).status,
      403,
    );
  });

  await t.test("audience-with-/mcp: the address works with either slash, and a token for it works too", async () => {
    for (const path of ["/mcp", "/mcp/"]) {
      assert.equal((await callTool(bellhop.url + path, tokens.access_token, "echo", { text: "hi" })).status, 200);
    }
  });

  await t.test("an action of the person's own is neither listed nor callable", async () => {
    const list = await send(bellhop.mcpUrl, { headers, body: rpc("tools/list", {}) });
    assert.doesNotMatch(list.text, /revoke_grant/);
    assert.match(
      await (await callTool(bellhop.mcpUrl, tokens.access_token, "revoke_grant", { grantId: "x" })).text(),
      /\(tool_not_allowed, request /,
    );
  });

  await t.test("every error over HTTP has a stable code, a sentence, the next step and the request id", async () => {
    for (const path of ["/nothing", "/api/session", "/receipts", "/api/grants"]) {
      const answer = await send(bellhop.url + path, { method: "GET" });
      const body: unknown = JSON.parse(answer.text);
      for (const name of ["error", "error_description", "next", "request_id"])
        assert.equal(typeof Reflect.get(Object(body), name), "string", `${path} ${name}`);
      assert.equal(Reflect.get(Object(body), "request_id"), answer.headers["x-request-id"]);
    }
  });
});
