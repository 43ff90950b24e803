import assert from "node:assert/strict";
import { test } from "node:test";
import { startBellhop } from "../bellhop.ts";
import { callTool, complete, linkWithPrivy, pkce, privyApp, register } from "../clients/raw-link.ts";

test("a link by POST /authorize/complete with a Privy token", async (t) => {
  const app = await privyApp();
  const environment = { PRIVY_APP_ID: app.appId, PRIVY_VERIFICATION_KEY: app.verificationKey };
  const bellhop = await startBellhop(t, { environment });

  async function refused(privyToken: string, change: Record<string, unknown> = {}): Promise<Response> {
    const clientId = await register(bellhop.url);
    return complete({ url: bellhop.url, clientId, challenge: pkce().challenge, privyToken, change });
  }

  await t.test("links, and the tool sees the person", async () => {
    const tokens = await linkWithPrivy(bellhop.url, app);
    const response = await callTool(bellhop.mcpUrl, tokens.access_token, "echo", { text: "hello" });
    assert.equal(response.status, 200);
    assert.match(await response.text(), /hello/);
  });

  await t.test("exchange-identity-spoof: a caller-supplied id other than the token's is refused", async () => {
    const response = await refused(await app.token({ subject: "did:privy:ana" }), { privy_user_id: "did:privy:bob" });
    assert.equal(response.status, 401);
    assert.doesNotMatch(await response.text(), /"code"/);
  });

  await t.test("an expired token, a foreign audience, a foreign issuer, another key are refused", async () => {
    const other = await privyApp();
    const tokens = [
      await app.token({ expiresIn: "-1m" }),
      await app.token({ audience: "another-app" }),
      await app.token({ issuer: "evil.example" }),
      await other.token(),
      "not a token",
      "",
    ];
    for (const privyToken of tokens) {
      const response = await refused(privyToken);
      assert.ok(response.status === 401 || response.status === 400, `${response.status}`);
      assert.doesNotMatch(await response.text(), /"code"/);
    }
  });

  await t.test("consent is explicit: absent is an error, and no is no", async () => {
    const privyToken = await app.token();
    for (const user_consent of [undefined, null, "true", 1, "yes"]) {
      assert.equal((await refused(privyToken, { user_consent })).status, 400, String(user_consent));
    }
    const declined = await refused(privyToken, { user_consent: false });
    assert.match(await declined.text(), /error=access_denied/);
  });

  await t.test("X-User-header-spoof: no header names a person", async () => {
    const spoof = {
      "x-user-sub": "did:privy:bob",
      "x-user-email": "bob@example.com",
      "x-user-issuer": "privy.io",
      "x-forwarded-user": "bob",
    };
    const response = await fetch(bellhop.mcpUrl, {
      method: "POST",
      headers: { "content-type": "application/json", ...spoof },
      body: "{}",
    });
    assert.equal(response.status, 401);
    assert.equal((await fetch(`${bellhop.url}/receipts`, { headers: spoof })).status, 401);
    assert.equal((await fetch(`${bellhop.url}/api/session`, { headers: spoof })).status, 401);
  });

  await t.test("expired-bearer-on-live-session: a known session id opens nothing without a live bearer", async () => {
    const tokens = await linkWithPrivy(bellhop.url, app);
    const session = { "mcp-session-id": "known-session" };
    assert.equal((await callTool(bellhop.mcpUrl, tokens.access_token, "echo", { text: "a" }, session)).status, 200);
    for (const bearer of ["", "garbage", `${tokens.access_token.slice(0, -8)}AAAAAAAA`]) {
      assert.equal((await callTool(bellhop.mcpUrl, bearer, "echo", { text: "a" }, session)).status, 401);
    }
  });

  await t.test("two people's rows never meet", async () => {
    const ana = await linkWithPrivy(bellhop.url, app, "did:privy:ana");
    const bob = await linkWithPrivy(bellhop.url, app, "did:privy:bob");
    await callTool(bellhop.mcpUrl, ana.access_token, "extract_intent", {
      fullInputText: "I'm looking for a harpsichord tuner in Leeds.",
    });
    const answer = await (
      await fetch(`${bellhop.url}/receipts`, { headers: { authorization: `Bearer ${bob.access_token}` } })
    ).text();
    assert.doesNotMatch(answer, /extract_intent/);
  });
});
