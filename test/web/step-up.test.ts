import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { approvalId, approvalOf } from "./approvals-contract.ts";
import { addPasskeyDevice } from "../browser.ts";
import { focusReaches, focused, pictureOf, signedIn } from "./console-room.ts";
import { type Visit, assertAccessible, assertFits, phone } from "./stage.ts";

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** At the card of something above the person's threshold. */
async function above(t: TestContext, options: BrowserContextOptions = {}): Promise<Visit> {
  const visited = await signedIn(t, options);
  visited.world.approvals.list = [approvalOf(0, { strength: "fresh" })];
  await visited.page.goto(`${visited.url}/app/approvals/${approvalId(0)}`);
  await button(visited.page, "Approve").waitFor();
  return visited;
}

/** A passkey in the browser's own virtual authenticator (WebAuthn §11), made as a settings page would. */
async function withPasskey({ page, world }: Visit, turnsDown = false): Promise<void> {
  const { setAgrees } = await addPasskeyDevice(page);
  world.approvals.passkey = await page.evaluate(async () => {
    const made = await navigator.credentials.create({
      publicKey: {
        challenge: new Uint8Array(32),
        rp: { id: "localhost", name: "Bellhop" },
        user: { id: new Uint8Array(16), name: "ada@example.com", displayName: "Ada" },
        pubKeyCredParams: [{ type: "public-key", alg: -7 }],
        authenticatorSelection: { residentKey: "required" },
      },
    });
    return made?.id ?? null;
  });
  world.approvals.ways = ["sign_in", "passkey"];
  // A finger that is not the person's.
  if (turnsDown) await setAgrees(false);
}

const dialogOf = (page: Page) => page.getByRole("dialog", { name: "Is it you?" });

test("the card says before what will be asked, and rejecting asks for nothing", async (t) => {
  const { page, world } = await above(t);
  await page.getByText("You will be asked to sign in again or use a passkey.").waitFor();
  await assertAccessible(page);
  await button(page, "Reject").click();
  await page.getByRole("region", { name: "You rejected this." }).waitFor();
  assert.deepEqual(world.approvals.taken, [{ id: approvalId(0), decision: "reject", byPasskey: false }]);
});

test("who has signed in a moment ago is not asked again", async (t) => {
  const { page, world } = await above(t);
  world.approvals.fresh = true;
  await button(page, "Approve").click();
  await page.getByRole("region", { name: "You approved this." }).waitFor();
});

const looks = {
  light: {},
  dark: { colorScheme: "dark" },
  phone,
  "phone-dark": { ...phone, colorScheme: "dark" },
} as const;

for (const [look, options] of Object.entries(looks))
  test(`signing in again, over the card, and the yes is sent by itself (${look})`, async (t) => {
    const { page, world } = await above(t, options);
    await button(page, "Approve").click();
    const dialog = dialogOf(page);
    await dialog.getByText("Swap 1 SOL for at least 148.20 USDC").waitFor();
    await dialog.getByLabel("Email").waitFor();
    assert.equal(await dialog.getByLabel("Email").inputValue(), "ada@example.com");
    assert.equal(await dialog.getByRole("button", { name: "Approve with a passkey" }).count(), 0);
    assert.equal(await focused(page), "Close", "nothing that approves has the focus");
    await assertFits(page);
    await assertAccessible(page);
    await pictureOf(page, `step-up-${look}`);
    await dialog.getByRole("button", { name: "Send me a code" }).click();
    await dialog.getByLabel("Code", { exact: true }).fill("424241");
    await dialog.getByRole("button", { name: "Sign in and approve", exact: true }).click();
    await page.getByRole("region", { name: "You approved this." }).waitFor();
    await dialog.waitFor({ state: "detached" });
    assert.deepEqual(world.approvals.taken, [{ id: approvalId(0), decision: "approve", byPasskey: false }]);
    await page.waitForFunction(() => document.activeElement?.textContent?.startsWith("You approved this"));
  });

test("a passkey goes first, signs what was shown, and approves", async (t) => {
  const visited = await above(t);
  const { page, world } = visited;
  await withPasskey(visited);
  await button(page, "Approve").click();
  const dialog = dialogOf(page);
  const byPasskey = dialog.getByRole("button", { name: "Approve with a passkey" });
  await byPasskey.waitFor();
  const [first, second] = [await byPasskey.boundingBox(), await dialog.getByLabel("Email").boundingBox()];
  assert.ok((first?.y ?? 999) < (second?.y ?? 0));
  await focusReaches(page, "Approve with a passkey");
  assert.equal(await byPasskey.getAttribute("data-variant"), "filled");
  const other = dialog.getByRole("button", { name: "Send me a code" });
  assert.equal(await other.getAttribute("data-variant"), "default", "one button stands out");
  assert.equal(await page.locator("header").count(), 1, "the head of a dialog is no second banner");
  await assertAccessible(page);
  await pictureOf(page, "step-up-passkey");
  const sent = page.waitForRequest((request) => request.url().endsWith("/decision"));
  await byPasskey.click();
  const body: unknown = (await sent).postDataJSON();
  await page.getByRole("region", { name: "You approved this." }).waitFor();
  assert.deepEqual(world.approvals.taken, [{ id: approvalId(0), decision: "approve", byPasskey: true }]);
  assert.equal(world.approvals.challenged, "digest-of-0");
  assert.match(JSON.stringify(body), /"clientDataJSON":"[\w-]+"/);
});

test("a passkey that is turned down decides nothing, says so, and leaves the other way", async (t) => {
  const visited = await above(t);
  const { page, world } = visited;
  await withPasskey(visited, true);
  await button(page, "Approve").click();
  const dialog = dialogOf(page);
  await dialog.getByRole("button", { name: "Approve with a passkey" }).click();
  await dialog.getByRole("alert").getByText("No passkey was used.").waitFor();
  await dialog.getByLabel("Email").waitFor();
  assert.equal(world.approvals.taken.length, 0);
  await assertAccessible(page);
  await pictureOf(page, "step-up-turned-down");
  await dialog.getByRole("button", { name: "Not now" }).click();
  await dialog.waitFor({ state: "detached" });
  assert.equal(await button(page, "Approve").count(), 1);
});

test("who signs in as somebody else approves nothing", async (t) => {
  const { page, world } = await above(t);
  await button(page, "Approve").click();
  const dialog = dialogOf(page);
  await dialog.getByLabel("Email").fill("grace@example.com");
  await dialog.getByRole("button", { name: "Send me a code" }).click();
  await dialog.getByLabel("Code", { exact: true }).fill("424241");
  world.approvals.list = [];
  await dialog.getByRole("button", { name: "Sign in and approve", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "There is nothing to decide here" }).waitFor();
  await page.getByRole("main").getByText("grace@example.com").waitFor();
  assert.equal(world.approvals.taken.length, 0);
});

test("a provider leads away and back to this very card", async (t) => {
  const { page, url, world } = await above(t);
  world.providers = [
    { id: "email", title: "Email", way: "code" },
    { id: "supabase-google", title: "Google", way: "redirect" },
  ];
  world.redirectUri = `${url}/provider`;
  await button(page, "Approve").click();
  await dialogOf(page).getByRole("button", { name: "Continue with Google" }).click();
  await page.waitForURL("**/provider");
  assert.deepEqual(world.asked.at(-1), { door: "supabase-google", to: `/approvals/${approvalId(0)}` });
});
