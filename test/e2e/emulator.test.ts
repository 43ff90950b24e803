import assert from "node:assert/strict";
import { test } from "node:test";
import { startBellhop } from "../bellhop.ts";
import { privyApp } from "../clients/raw-link.ts";

test("the emulator's way in: the signed-in person alone, from our own page alone, through the same door", async (t) => {
  const app = await privyApp();
  const bellhop = await startBellhop(t, {
    environment: { PRIVY_APP_ID: app.appId, PRIVY_VERIFICATION_KEY: app.verificationKey },
  });
  const headers = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    origin: bellhop.url,
  };
  const signedIn = await fetch(`${bellhop.url}/api/sign-in/privy`, {
    method: "POST",
    headers,
    body: JSON.stringify({ token: await app.token() }),
  });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  const call = (host: string, change: Record<string, string> = {}) =>
    fetch(`${bellhop.url}/api/emulator/${host}/mcp`, {
      method: "POST",
      headers: { ...headers, cookie, ...change },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: "echo", arguments: { text: "from the emulator" } },
      }),
    });
  for (const host of ["chatgpt", "claude", "mcp"]) {
    const answer = await call(host);
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /from the emulator/);
  }
  assert.equal((await call("chatgpt", { cookie: "" })).status, 401);
  assert.equal((await call("chatgpt", { origin: "https://evil.example" })).status, 403);
  assert.equal((await call("web")).status, 404);
  const receipts = await (await fetch(`${bellhop.url}/receipts`, { headers: { cookie } })).text();
  for (const channel of ["chatgpt", "claude", "mcp"])
    assert.match(receipts, new RegExp(`"clientName":"Emulator","channel":"${channel}"`));
});
