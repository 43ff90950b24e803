import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type App, startApp } from "../../src/app/app.ts";
import { parseConfig } from "../../src/config/config.ts";
import { freePort, preparedData } from "../bellhop.ts";
import { type PrivyApp, callTool, complete, pkce, privyApp, token } from "../clients/raw-link.ts";
import { actingToolset, fingerprint } from "../upstream/acting-toolset.ts";

interface Rig {
  readonly app: App;
  readonly privy: PrivyApp;
  /** Moves the server's clock on. */
  pass(seconds: number): void;
  /** Tokens that the company's service was asked with. */
  readonly asked: string[];
}

async function start(t: TestContext): Promise<Rig> {
  const privy = await privyApp();
  const asked: string[] = [];
  let ahead = 0;
  const running: App[] = [];
  // Before its directory goes.
  t.after(() => running.pop()?.close());
  const { config } = parseConfig({
    PORT: String(await freePort()),
    BELLHOP_DATA_DIR: await preparedData(t),
    PRIVY_APP_ID: privy.appId,
    PRIVY_VERIFICATION_KEY: privy.verificationKey,
  });
  const silent = (): void => undefined;
  const ask = async (given: string): Promise<string> => {
    asked.push(given);
    return fingerprint(given);
  };
  const app = await startApp({
    config,
    log: { info: silent, warn: silent, error: silent },
    print: silent,
    clock: () => new Date(Date.now() + ahead * 1000),
    toolsets: (house) => [actingToolset(house, "privy", ask)],
  });
  running.push(app);
  return { app, privy, asked, pass: (seconds) => void (ahead += seconds) };
}

/** Links a host, named by its own callback, with a Privy sign-in that lasts as long. */
async function link({ app, privy }: Rig, callback: string, expiresIn: string) {
  const url = app.baseUrl;
  const registered = await fetch(`${url}/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_name: "Host", redirect_uris: [callback] }),
  });
  const { client_id: clientId } = await registered.json();
  const { verifier, challenge } = pkce();
  const privyToken = await privy.token({ expiresIn });
  const done = await complete({ url, clientId, challenge, privyToken, change: { redirect_uri: callback } });
  const { code } = await done.json();
  const form = { code, code_verifier: verifier, client_id: clientId, redirect_uri: callback };
  const answer = await token(url, { grant_type: "authorization_code", ...form });
  return { accessToken: String((await answer.json()).access_token), privyToken };
}

const CHATGPT = "https://chatgpt.com/connector_platform_oauth_redirect";
const CLAUDE = "https://claude.ai/api/mcp/auth_callback";

test("a tool acts with the person's own sign-in, and asks for it again when it has ended", async (t) => {
  const rig = await start(t);
  const { app } = rig;
  const call = (accessToken: string, headers: Record<string, string> = {}) =>
    callTool(app.mcpUrl, accessToken, "who_am_i_there", {}, headers);

  await t.test("while it lives, the token goes to the service and to nobody else", async () => {
    const { accessToken, privyToken } = await link(rig, CLAUDE, "10m");
    const response = await call(accessToken);
    const text = await response.text();
    assert.equal(response.status, 200);
    assert.match(text, new RegExp(fingerprint(privyToken)));
    assert.ok(!text.includes(privyToken));
    assert.deepEqual(rig.asked, [privyToken]);
  });

  await t.test("once it is dead, ChatGPT gets the challenge inside the tool's result", async () => {
    const { accessToken } = await link(rig, CHATGPT, "20m");
    assert.equal((await call(accessToken)).status, 200);
    rig.pass(21 * 60);
    const before = rig.asked.length;
    const response = await call(accessToken);
    const text = await response.text();
    assert.equal(response.status, 200);
    const message = JSON.parse(text.replace(/^[\s\S]*?data: /, "").trim() || text);
    assert.equal(message.result.isError, true);
    assert.match(
      message.result.content[0].text,
      /^Your Privy sign-in has ended\. Link this account again, and sign in with Privy\./,
    );
    const [challenge] = message.result._meta["mcp/www_authenticate"];
    assert.match(
      challenge,
      /^Bearer resource_metadata="[^"]+\/\.well-known\/oauth-protected-resource\/mcp", scope="[^"]+", error="invalid_token"/,
    );
    assert.equal(message.result._meta["bellhop/error"].code, "relink_required");
    assert.equal(rig.asked.length, before, "the dead token is not used");
  });

  await t.test("and every other host a 401 with the challenge in its header", async () => {
    const { accessToken } = await link(rig, CLAUDE, "40m");
    rig.pass(41 * 60);
    for (const version of ["2025-11-25", "2025-06-18"]) {
      const response = await call(accessToken, { "mcp-protocol-version": version });
      assert.equal(response.status, 401, version);
      assert.match(response.headers.get("www-authenticate") ?? "", /^Bearer resource_metadata=.*error="invalid_token"/);
      assert.equal((await response.json()).error, "relink_required");
    }
  });

  await t.test("linking again, with a new sign-in, mends it", async () => {
    const { accessToken, privyToken } = await link(rig, CLAUDE, "3h");
    assert.equal((await call(accessToken)).status, 200);
    assert.equal(rig.asked.at(-1), privyToken);
  });
});
