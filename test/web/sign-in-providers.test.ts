import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { until } from "../bellhop.ts";
import { screenshot } from "../browser.ts";
import { listenOnLoopback } from "../upstream/listen.ts";
import { SITE_KEY, startTurnstile } from "../upstream/turnstile-service.ts";
import { type Served, type Visit, assertAccessible, assertFits, phone, visit } from "./stage.ts";

const EMAIL = { id: "email", title: "Email", way: "code" };

/** Whatever the page asked of the service is what this test is about. */
const expectOutside = (wrongs: string[], origin: string): void => {
  for (const wrong of wrongs.splice(0)) assert.equal(wrong.startsWith(`asked ${origin}/`), true, wrong);
};

test("a provider by redirect: one button, and the person leaves for where the server says", async (t) => {
  const { page, url, world, wrongs } = await visit(t);
  world.providers = [{ id: "oidc", title: "Company", way: "redirect" }, EMAIL];
  const peer = await listenOnLoopback(t, (_request, response) =>
    response.writeHead(200, { "content-type": "text/html" }).end("<title>Company</title><h1>Company</h1>"),
  );
  world.redirectUri = `${peer.url}/authorize?state=x`;
  await page.goto(`${url}/app/receipts`);
  await page.getByRole("button", { name: "Continue with Company" }).waitFor();
  await page.getByLabel("Email").waitFor();
  await assertAccessible(page);
  await screenshot(page, "web", "sign-in-providers");
  await page.getByRole("button", { name: "Continue with Company" }).click();
  await page.getByRole("heading", { name: "Company" }).waitFor();
  assert.deepEqual(world.asked, [{ door: "oidc", to: "/receipts" }]);
  assert.deepEqual(wrongs, []);
});

test("where no codes are sent, only the providers are there", async (t) => {
  const { page, url, world } = await visit(t, { ...phone, colorScheme: "dark" });
  world.providers = [
    { id: "supabase-google", title: "Google", way: "redirect" },
    { id: "supabase-github", title: "GitHub", way: "redirect" },
  ];
  await page.goto(`${url}/app/sign-in`);
  await page.getByRole("button", { name: "Continue with GitHub" }).waitFor();
  assert.equal(await page.getByLabel("Email").count(), 0);
  await assertFits(page);
  await assertAccessible(page);
});

test("where two send codes, the person chooses", async (t) => {
  const { page, url, world } = await visit(t);
  world.providers = [EMAIL, { id: "supabase", title: "Email by Supabase", way: "code" }];
  await page.goto(`${url}/app/sign-in`);
  await page.getByRole("button", { name: "Use Email by Supabase instead" }).click();
  await page.getByRole("button", { name: "Use Email instead" }).waitFor();
  await assertAccessible(page);
});

/** What the page's policy lets in, by directive. */
async function policyOf(served: Served): Promise<ReadonlyMap<string, readonly string[]>> {
  const { headers } = await fetch(`${served.url}/app/sign-in`);
  const parts = (headers.get("content-security-policy") ?? "").split("; ").map((part) => part.split(" "));
  return new Map(parts.map(([name = "", ...sources]) => [name, sources]));
}

test("the check for people is loaded only where it is set, and a code needs it each time", async (t: TestContext) => {
  const service = await startTurnstile(t);
  const outside = { scripts: [service.url], connections: [], frames: [service.url] };
  const given: Visit = await visit(t, {}, { outside });
  const { page, url, world, wrongs } = given;
  const policy = await policyOf(given);
  assert.deepEqual(policy.get("script-src"), ["'self'", service.url]);
  assert.deepEqual(policy.get("frame-src"), ["'self'", service.url]);
  assert.deepEqual(policy.get("connect-src"), ["'self'"]);

  world.humanCheck = {
    siteKey: SITE_KEY,
    scriptUrl: `${service.url}/turnstile/v0/api.js?render=explicit`,
    action: "sign-in-code",
  };
  await page.goto(`${url}/app/sign-in`);
  await page.getByLabel("Email").fill("ada@example.com");
  const send = page.getByRole("button", { name: "Send me a code" });
  assert.equal(await send.isDisabled(), true, "no code without the check");
  const answerCheck = (): Promise<void> =>
    page.frameLocator('iframe[title="Check that you are a person"]').getByRole("button").click();
  await answerCheck();
  await page.waitForFunction(
    () =>
      ![...document.querySelectorAll("button")].some(
        (button) => button.textContent === "Send me a code" && button.disabled,
      ),
  );
  await screenshot(page, "web", "sign-in-human-check");
  await send.click();
  await page.getByLabel("Code", { exact: true }).waitFor();
  const again = page.getByRole("button", { name: "Send a new code" });
  assert.equal(await again.isDisabled(), true, "a proof is good for one request");
  await answerCheck();
  await again.click();
  await until("a second code", () => world.codes.length === 2 || undefined);
  await assertAccessible(page);
  assert.equal(
    world.asked.every(({ human }) => typeof human === "string"),
    true,
  );
  assert.equal(new Set(world.asked.map(({ human }) => human)).size, world.asked.length);
  expectOutside(wrongs, service.url);
});

test("a check that cannot be loaded says so, and sends nothing", async (t) => {
  const { page, url, world, wrongs } = await visit(
    t,
    {},
    { outside: { scripts: ["http://127.0.0.1:1"], connections: [], frames: [] } },
  );
  world.humanCheck = { siteKey: SITE_KEY, scriptUrl: "http://127.0.0.1:1/api.js", action: "sign-in-code" };
  await page.goto(`${url}/app/sign-in`);
  await page.getByText("The check that you are a person could not be loaded.").waitFor();
  await page.getByRole("button", { name: "Try again" }).waitFor();
  await assertAccessible(page);
  assert.deepEqual(world.codes, []);
  expectOutside(wrongs, "http://127.0.0.1:1");
});

/** A script as the operator makes one of Privy's own library (docs/sign-in.md). */
const PRIVY_SCRIPT = `
  globalThis.bellhopPrivy = ({ appId, container }) => new Promise((resolve) => {
    const button = document.createElement("button");
    button.textContent = "Sign in at " + appId;
    button.onclick = () => resolve("a token of Privy's");
    container.append(button);
  });`;

async function servePrivyScript(t: TestContext, script = PRIVY_SCRIPT): Promise<string> {
  const { url } = await listenOnLoopback(t, (_request, response) =>
    response.writeHead(200, { "content-type": "text/javascript" }).end(script),
  );
  return url;
}

async function openWithPrivy(page: Page, { url, world }: Pick<Visit, "url" | "world">, origin: string): Promise<void> {
  world.providers = [
    { id: "privy", title: "Privy", way: "script", script: { url: `${origin}/privy.js`, appId: "app-1" } },
    EMAIL,
  ];
  await page.goto(`${url}/app/receipts`);
  await page.getByRole("button", { name: "Continue with Privy" }).waitFor();
}

test("Privy by the operator's script: loaded when it is asked for, from the one origin that is open", async (t) => {
  const origin = await servePrivyScript(t);
  const given = await visit(t, {}, { outside: { scripts: [origin], connections: [origin], frames: [origin] } });
  const { page, wrongs, world } = given;
  await openWithPrivy(page, given, origin);
  assert.deepEqual(wrongs, [], "nothing is loaded before it is asked for");
  await page.getByRole("button", { name: "Continue with Privy" }).click();
  await page.getByRole("button", { name: "Sign in at app-1" }).click();
  await page.getByRole("heading", { name: "Receipts", exact: true }).waitFor();
  assert.equal(world.person, "Privy account …123456");
  expectOutside(wrongs, origin);
});

test("a script from any other origin is not run, and one that fails leaves the other ways", async (t) => {
  const origin = await servePrivyScript(t);
  const closed = await visit(t);
  await openWithPrivy(closed.page, closed, origin);
  await closed.page.getByRole("button", { name: "Continue with Privy" }).click();
  await closed.page.getByText("Signing in with Privy did not work.").waitFor();
  assert.equal(await closed.page.evaluate(() => "bellhopPrivy" in globalThis), false);
  assert.match(closed.wrongs.splice(0).join(" "), /script-src/);

  const broken = await servePrivyScript(t, 'globalThis.bellhopPrivy = async () => { throw new Error("inside"); };');
  const open = await visit(t, {}, { outside: { scripts: [broken], connections: [], frames: [] } });
  await openWithPrivy(open.page, open, broken);
  await open.page.getByRole("button", { name: "Continue with Privy" }).click();
  await open.page.getByText("Signing in with Privy did not work.").waitFor();
  assert.equal(await open.page.getByText("inside").count(), 0);
  await open.page.getByLabel("Email").waitFor();
  await assertAccessible(open.page);
  expectOutside(open.wrongs, broken);
});

test("a signed-in person adds a provider in the settings", async (t) => {
  const origin = await servePrivyScript(t);
  const given = await visit(t, {}, { outside: { scripts: [origin], connections: [origin], frames: [origin] } });
  const { page, url, world, wrongs } = given;
  world.person = "ada@example.com";
  const own = { id: "i1", issuer: "email", label: "ada@example.com", createdAt: "2026-11-01T08:00:00.000Z" };
  const company = { ...own, id: "i2", issuer: "https://login.example.com/tenant", label: "ada@work.example (Company)" };
  world.identities = [own, company];
  const script = { url: `${origin}/privy.js`, appId: "app-1" };
  world.providers = [
    { id: "oidc", title: "Company", way: "redirect" },
    { id: "privy", title: "Privy", way: "script", script },
    EMAIL,
  ];
  await page.goto(`${url}/app/settings`);
  await page.getByText("login.example.com · added").waitFor();
  await page.getByRole("button", { name: "Add a way to sign in" }).click();
  await page.getByLabel("Email").waitFor();
  await assertAccessible(page);
  await screenshot(page, "web", "settings-add-provider");
  await page.getByRole("button", { name: "Add Privy" }).click();
  await page.getByRole("button", { name: "Sign in at app-1" }).click();
  await page.getByText("signs you in, too").waitFor();
  expectOutside(wrongs, origin);

  await page.getByRole("button", { name: "Add a way to sign in" }).click();
  world.redirectUri = `${url}/app/receipts`;
  await page.getByRole("button", { name: "Add Company" }).click();
  await page.getByRole("heading", { name: "Receipts", exact: true }).waitFor();
  assert.deepEqual(world.asked.at(-1), { door: "oidc" });
});
