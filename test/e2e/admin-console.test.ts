import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { type Bellhop, startBellhop } from "../bellhop.ts";
import { openBrowser, screenshot } from "../browser.ts";
import { callTool, linkWithPrivy, privyApp } from "../clients/raw-link.ts";
import { assertAccessible } from "../web/stage.ts";
import { signIn } from "./person.ts";

const run = promisify(execFile);
const COMMAND = join(import.meta.dirname, "..", "..", "src", "cli", "bellhop.ts");

/** A command at the terminal of the server's machine, on its data. */
async function bellhopCommand({ dataDirectory }: Bellhop, ...words: readonly string[]): Promise<string> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", BELLHOP_DATA_DIR: dataDirectory };
  const { stdout } = await run(process.execPath, [COMMAND, ...words], { env, cwd: dataDirectory });
  return stdout.trim();
}

test("the first administrator, from the command to a person cut off and the reason of a failed link", async (t) => {
  const app = await privyApp();
  const bellhop = await startBellhop(t, {
    environment: { PRIVY_APP_ID: app.appId, PRIVY_VERIFICATION_KEY: app.verificationKey },
  });
  const browser = await openBrowser(t);
  browser.setDefaultTimeout(20_000);
  const page = await browser.newPage();

  await assert.rejects(bellhopCommand(bellhop, "admin", "grant", "ada@example.com"), /Nobody signs in with/);
  assert.match(await bellhopCommand(bellhop, "admin", "list"), /There is no administrator yet/);
  await page.goto(`${bellhop.url}/app/admin`);
  await signIn(page, bellhop, "ada@example.com");
  await page.getByRole("heading", { name: "For administrators" }).waitFor();

  assert.equal(
    await bellhopCommand(bellhop, "admin", "grant", "Ada@example.com"),
    "ada@example.com is an administrator now.",
  );
  assert.match(await bellhopCommand(bellhop, "admin", "list"), /^ada@example\.com {2}since /);
  const { access_token: token } = await linkWithPrivy(bellhop.url, app);
  const works = async () => (await callTool(bellhop.mcpUrl, token, "echo", { text: "hello" })).status;
  assert.equal(await works(), 200);
  await fetch(`${bellhop.url}/authorize?client_id=from-before&redirect_uri=https://x.example/cb`);

  await page.goto(`${bellhop.url}/app/admin`);
  await page.getByRole("heading", { name: "All links" }).waitFor();
  await page.getByRole("list", { name: "Links" }).getByText("Scripted client").waitFor();
  await assertAccessible(page);
  await screenshot(page, "console", "real-admin-links");
  await page.getByRole("link", { name: "All links of this person" }).click();
  await page.getByRole("link", { name: "People" }).click();
  const ana = page.getByRole("listitem").filter({ hasText: "1 link" });
  await ana.getByRole("button", { name: "Cut off" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cut off" }).click();
  await ana.getByText("Cut off just now").waitFor();
  assert.equal(await works(), 403);
  await ana.getByRole("button", { name: "Restore" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
  await ana.getByRole("button", { name: "Cut off" }).waitFor();
  assert.equal(await works(), 200);

  await page.getByRole("link", { name: "Channels" }).click();
  await page.getByRole("group", { name: "MCP client" }).getByText("Off", { exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Switch off" }).click();
  await page.getByText("MCP client is off.").waitFor();
  assert.equal(await works(), 403);

  await page.getByRole("link", { name: "Why did it fail?" }).click();
  const failed = page.getByRole("listitem").filter({ hasText: "from-before" });
  await failed.getByText("Failed at: Opened the page that asks").waitFor();
  await failed.locator("summary").click();
  await failed.getByText("Remove the connector there and add it again").waitFor();
  await page.getByText("Linked and in use").waitFor();
  await assertAccessible(page);
  await screenshot(page, "console", "real-admin-attempts");

  assert.match(await bellhopCommand(bellhop, "admin", "revoke", "ada@example.com"), /no administrator any more/);
  await page.getByRole("link", { name: "Assistants" }).click();
  await page.getByRole("heading", { name: "For administrators" }).waitFor();
  await bellhop.kill();
  assert.match(await bellhopCommand(bellhop, "admin", "grant", "ada@example.com"), /is an administrator now/);
});
