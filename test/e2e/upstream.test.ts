import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { type App, startApp } from "../../src/app/app.ts";
import { parseConfig } from "../../src/config/config.ts";
import { randomToken } from "../../src/kernel/ids.ts";
import { freePort, preparedData, until } from "../bellhop.ts";
import { openBrowser, screenshot } from "../browser.ts";
import { callTool, token } from "../clients/raw-link.ts";
import { actingToolset, fingerprint } from "../upstream/acting-toolset.ts";
import { listenOnLoopback } from "../upstream/listen.ts";
import { OPENID_CLIENT, OPENID_SECRET, type OpenIdPeer, startOpenId } from "../upstream/openid.ts";
import { SECRET_KEY, SITE_KEY, startTurnstile } from "../upstream/turnstile-service.ts";

interface Rig {
  readonly app: App;
  readonly peer: OpenIdPeer;
  /** What the terminal showed. */
  readonly lines: readonly string[];
}

/** The real server with a company's provider behind it; `more` are further settings. */
async function start(t: TestContext, more: Readonly<Record<string, string>> = {}): Promise<Rig> {
  const running: App[] = [];
  // Before its directory goes.
  t.after(() => running.pop()?.close());
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const peer = await startOpenId(
    t,
    ["web", "chatgpt", "claude"].map((channel) => `${url}/oauth/${channel}/callback`),
  );
  const { config } = parseConfig({
    PORT: String(port),
    BELLHOP_DATA_DIR: await preparedData(t),
    OIDC_ISSUER: peer.issuer,
    OIDC_CLIENT_ID: OPENID_CLIENT,
    OIDC_CLIENT_SECRET: OPENID_SECRET,
    OIDC_TITLE: "Company",
    OIDC_SCOPES: "openid email offline_access",
    ...more,
  });
  const lines: string[] = [];
  const silent = (): void => undefined;
  const app = await startApp({
    config,
    log: {
      info: silent,
      warn: silent,
      error: (facts, sentence) => void lines.push(`${sentence} ${JSON.stringify(facts)}`),
    },
    print: (line) => void lines.push(line),
    toolsets: (house) => [actingToolset(house, "oidc", async (given) => fingerprint(given))],
  });
  running.push(app);
  return { app, peer, lines };
}

/** A client that links, and the address that begins it. */
async function beginLink(t: TestContext, { baseUrl }: App) {
  const arrived: URLSearchParams[] = [];
  const { url } = await listenOnLoopback(t, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    if (pathname === "/callback") arrived.push(searchParams);
    response.writeHead(200, { "content-type": "text/html" }).end("<title>Linked</title><h1>Back at the client</h1>");
  });
  const redirect = `${url}/callback`;
  const registered = await fetch(`${baseUrl}/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_name: "A client", redirect_uris: [redirect] }),
  });
  const { client_id: client } = await registered.json();
  const verifier = randomToken();
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const address = new URL(`${baseUrl}/oauth/claude/authorize`);
  const parameters = {
    response_type: "code",
    client_id: client,
    redirect_uri: redirect,
    scope: "read",
    state: "s",
    code_challenge: challenge,
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  return {
    address: address.href,
    async accessToken(): Promise<string> {
      const back = await until("the client to be told", () => arrived.shift());
      const form = { code: back.get("code") ?? "", code_verifier: verifier, client_id: client, redirect_uri: redirect };
      const answer = await token(baseUrl, { grant_type: "authorization_code", ...form });
      return String((await answer.json()).access_token);
    },
  };
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The page for trouble runs no script: axe is brought in beside its policy. */
async function assertAccessible(page: Page): Promise<void> {
  const findings = await page.evaluate(
    `${axeSource}; axe.run().then(({ violations }) => violations.map(({ id }) => id))`,
  );
  assert.deepEqual(findings, []);
}

const codeIn = (lines: readonly string[], address: string): string | undefined =>
  lines.map((line) => /Mail for (\S+): [^\d\n]*(\d{6})/.exec(line)).findLast((found) => found?.[1] === address)?.[2];

test("linking by a company's own sign-in, in a browser", async (t) => {
  const { app, peer } = await start(t);
  const context = await openBrowser(t);
  const page = await context.newPage();

  await t.test("whoever declines there sees a page, and can go back to the question", async () => {
    const { person } = peer;
    peer.person = null;
    const link = await beginLink(t, app);
    await page.goto(link.address);
    await page.getByRole("button", { name: "Continue with Company" }).click();
    await page.getByRole("heading", { name: "You are not signed in" }).waitFor();
    assert.match(page.url(), /\/oauth\/claude\/callback\?/, "by the address of the assistant that links");
    await screenshot(page, "e2e", "upstream-declined");
    await assertAccessible(page);
    peer.person = person;
    await page.getByRole("link", { name: "Go back to where you were" }).click();
    await page.getByRole("heading", { name: "Sign in to link A client" }).waitFor();
    await page.getByRole("button", { name: "Continue with Company" }).click();
    await page.getByText("ada@company.example (Company)").waitFor();
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByRole("heading", { name: "Back at the client" }).waitFor();
    const answer = await callTool(app.mcpUrl, await link.accessToken(), "who_am_i_there", {});
    assert.match(await answer.text(), /There you are [0-9a-f]{12}/, "the tool acts with the company's token");
  });
});

test("a person without that sign-in is asked for it once, and stays who they are", async (t) => {
  const rig = await start(t);
  const { app } = rig;
  const page = await (await openBrowser(t)).newPage();
  const first = await beginLink(t, app);
  await page.goto(first.address);
  await page.getByLabel("Email").fill("grace@example.com");
  await page.getByRole("button", { name: "Send me a code" }).click();
  const code = await until("the code", () => codeIn(rig.lines, "grace@example.com"));
  await page.getByLabel("Code", { exact: true }).fill(code);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByRole("heading", { name: "Back at the client" }).waitFor();
  const refused = await callTool(app.mcpUrl, await first.accessToken(), "who_am_i_there", {});
  assert.match(await refused.text(), /relink_required/);

  const second = await beginLink(t, app);
  await page.goto(second.address);
  await page.getByRole("heading", { name: "Sign in there once more" }).waitFor();
  await screenshot(page, "e2e", "upstream-renew");
  await page.getByRole("button", { name: "Continue with Company" }).click();
  await page.getByText("grace@example.com", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Allow" }).click();
  const answer = await callTool(app.mcpUrl, await second.accessToken(), "who_am_i_there", {});
  assert.match(await answer.text(), /There you are [0-9a-f]{12}/);
});

test("with Turnstile set, the server sends a code only for a person's own click", async (t) => {
  const service = await startTurnstile(t);
  const { app, lines } = await start(t, {
    TURNSTILE_SITE_KEY: SITE_KEY,
    TURNSTILE_SECRET_KEY: SECRET_KEY,
    TURNSTILE_ORIGIN: service.url,
  });
  const ask = (human?: string): Promise<Response> =>
    fetch(`${app.baseUrl}/api/sign-in/email`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: app.baseUrl },
      body: JSON.stringify({ email: "bot@example.com", ...(human === undefined ? {} : { human }) }),
    });
  for (const human of [
    undefined,
    "",
    "made-up",
    service.proof("evil.example", "sign-in-code"),
    service.proof("localhost", "other"),
  ])
    assert.equal((await (await ask(human)).json()).error, "human_check_failed");
  service.answer = { status: 503, body: "" };
  assert.equal((await ask("anything")).status, 503, "it fails closed");
  service.answer = undefined;
  assert.equal(codeIn(lines, "bot@example.com"), undefined);

  const page = await (await openBrowser(t)).newPage();
  await page.goto(`${app.baseUrl}/app/sign-in`);
  await page.getByLabel("Email").fill("ada@example.com");
  await page.frameLocator('iframe[title="Check that you are a person"]').getByRole("button").click();
  await page.getByRole("button", { name: "Send me a code" }).click();
  const code = await until("the code", () => codeIn(lines, "ada@example.com"));
  await page.getByLabel("Code", { exact: true }).fill(code);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { level: 1 }).getByText("What happened").waitFor();
});
