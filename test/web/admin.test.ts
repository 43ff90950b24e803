import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BrowserContextOptions } from "playwright-core";
import { AppError } from "../../src/kernel/errors.ts";
import { screenshot } from "../browser.ts";
import { focusReaches } from "./console-room.ts";
import { failNext } from "./world.ts";
import { attemptOf, grantOf, inMinutes, personOf, workingAttempt } from "./samples.ts";
import { type Visit, assertAccessible, assertFits, phone, pictureOfWindow, visit } from "./stage.ts";

const clientOf = (index: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: `client_${index}`,
  kind: "dynamic",
  name: index === 0 ? "Claude" : `Assistant ${index}`,
  uri: null,
  redirectHosts: ["claude.ai"],
  links: index,
  disabledAt: null,
  createdAt: "2026-11-12T09:30:00.000Z",
  ...more,
});

async function administrator(t: TestContext, options: BrowserContextOptions = {}): Promise<Visit> {
  const visited = await visit(t, options);
  const { world } = visited;
  world.person = "ada@example.com";
  const { admin } = world;
  admin.isAdmin = true;
  admin.links = Array.from({ length: 30 }, (_, index) =>
    grantOf({
      id: `link-${index}`,
      user: personOf(index),
      clientId: `client_${index % 3}`,
      ...(index % 3 === 1 ? { clientName: "ChatGPT", channel: "chatgpt", redirectHost: "chatgpt.com" } : {}),
    }),
  );
  admin.clients = [
    clientOf(0),
    clientOf(1, { kind: "document", id: "https://vscode.dev/oauth/client-metadata.json", name: "Visual Studio Code" }),
    clientOf(2, { disabledAt: inMinutes(-30), kind: "operator" }),
  ];
  admin.users = [0, 1, 2].map((index) => ({
    ...personOf(index),
    createdAt: "2026-11-01T08:00:00.000Z",
    roles: index === 0 ? ["admin"] : [],
    links: index,
    cutOffAt: index === 2 ? inMinutes(-45) : null,
    pausedAt: null,
    bundles: index === 1 ? [{ bundle: "signals", until: "2027-01-31T12:00:00.000Z" }] : [],
    tier: index === 1 ? "pro" : "",
    until: index === 1 ? "2027-03-01T12:00:00.000Z" : null,
    channels: index === 1 ? [{ channel: "chatgpt", enabled: false }] : [],
  }));
  world.work.usage["tiers"] = [
    { name: "free", title: "Free", callsPerMinute: 30 },
    { name: "pro", title: "Pro", callsPerMinute: 120 },
    { name: "team", title: "Team", callsPerMinute: null },
  ];
  admin.channels = ["chatgpt", "claude", "mcp", "actions", "voice", "x", "stdio"].map((channel) => ({
    channel,
    enabled: channel !== "x",
    offered: channel !== "voice",
  }));
  admin.attempts = [
    attemptOf(0, { user: personOf(1) }),
    workingAttempt(1, { user: personOf(0) }),
    attemptOf(2, { user: null, clientName: null, clientId: "from-before", folded: 12 }),
  ];
  return visited;
}

const pages = ["", "/assistants", "/people", "/channels", "/attempts"];

test("who is no administrator sees no way here, and is told so at each address", async (t) => {
  const { page, url, world } = await visit(t);
  world.person = "ben@example.com";
  for (const path of pages) {
    await page.goto(`${url}/app/admin${path}`);
    await page.getByRole("heading", { name: "For administrators" }).waitFor();
    assert.equal(await page.getByRole("link", { name: "Admin" }).count(), 0);
  }
  await assertAccessible(page);
  await screenshot(page, "web", "admin-not-for-you");
});

test("signing in leads back to the page of administrators that was asked for", async (t) => {
  const { page, url, world } = await administrator(t);
  world.person = null;
  await page.goto(`${url}/app/admin/people`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.match(page.url(), /to=%2Fadmin%2Fpeople/);
});

test("all links: found by words and by channel, page by page, and ended", async (t) => {
  const { page, url, world } = await administrator(t);
  await page.goto(`${url}/app`);
  await page.getByRole("link", { name: "Admin" }).click();
  const rows = page.getByRole("list", { name: "Links" }).locator("> li");
  await rows.nth(24).waitFor();
  assert.equal(await page.getByRole("link", { name: "Admin" }).getAttribute("aria-current"), "page");
  await page.getByRole("button", { name: "Show older" }).click();
  await rows.nth(29).waitFor();
  await assertAccessible(page);
  await screenshot(page, "web", "admin-links");
  await page.getByRole("searchbox").fill("Okafor");
  await page.getByText("These are all.").waitFor();
  await rows.nth(10).waitFor({ state: "detached" });
  assert.equal(await rows.count(), 10);
  await page.getByLabel("Any channel").selectOption("claude");
  await page.getByText("No such links.").waitFor();
  await page.getByRole("link", { name: "Show all" }).click();
  await rows.nth(24).waitFor();
  const revoke = rows.first().getByRole("button", { name: "Revoke" });
  await revoke.click();
  const dialog = page.getByRole("dialog", { name: "Revoke Claude?" });
  await focusReaches(page, "Keep it");
  await dialog.getByText("It can no longer act for ada@example.com.").waitFor();
  await pictureOfWindow(page, "admin-revoke");
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await page.getByText("The link is revoked.").waitFor();
  assert.deepEqual(world.admin.done, ["DELETE /api/admin/grants/link-0 {}"]);
  await rows.first().getByText("ChatGPT for").waitFor();
});

test("an assistant is cut off, restored and deleted, each after its question", async (t) => {
  const { page, url, world } = await administrator(t);
  await page.goto(`${url}/app/admin/assistants`);
  const code = page.getByRole("listitem").filter({ hasText: "Visual Studio Code" });
  await code.getByRole("button", { name: "Cut off" }).click();
  const dialog = page.getByRole("dialog");
  await dialog
    .getByText("Every call, refresh and new link of it is refused from now on, for everybody: 1 link.")
    .waitFor();
  await dialog.getByRole("button", { name: "Cut off" }).click();
  await code.getByText("Cut off just now").waitFor();
  await assertAccessible(page);
  await screenshot(page, "web", "admin-assistants");
  await code.getByRole("button", { name: "Restore" }).click();
  await dialog.getByRole("button", { name: "Restore" }).click();
  await code.getByRole("button", { name: "Cut off" }).waitFor();
  await code.getByRole("button", { name: "Delete" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByText("The assistant is deleted.").waitFor();
  await code.waitFor({ state: "detached" });
  const id = "https://vscode.dev/oauth/client-metadata.json";
  assert.deepEqual(world.admin.done, [
    `PATCH /api/admin/clients/${id} {"disabled":true}`,
    `PATCH /api/admin/clients/${id} {"disabled":false}`,
    `DELETE /api/admin/clients/${id} {}`,
  ]);
});

test("a person is cut off and restored, and a channel is set for them alone", async (t) => {
  const { page, url, world } = await administrator(t);
  await page.goto(`${url}/app/admin/people`);
  const ben = page.getByRole("listitem").filter({ hasText: "Ben Okafor" });
  await ben.getByText("ChatGPT off").waitFor();
  await screenshot(page, "web", "admin-people");
  await ben.getByRole("button", { name: "Channels" }).click();
  const dialog = page.getByRole("dialog", { name: "Channels of Ben Okafor, ben@example.com" });
  await dialog.getByText("Off for everyone, whatever is set here").waitFor();
  await dialog.getByRole("group", { name: "ChatGPT" }).getByText("On", { exact: true }).click();
  await dialog
    .getByRole("group", { name: "ChatGPT" })
    .getByRole("radio", { name: "On" })
    .and(page.locator(":checked"))
    .waitFor();
  await assertAccessible(page);
  await pictureOfWindow(page, "admin-account-channels");
  await page.keyboard.press("Escape");
  await ben.getByText("ChatGPT on").waitFor();
  await ben.getByRole("button", { name: "Cut off" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cut off" }).click();
  await ben.getByText("Cut off just now").waitFor();
  const { id } = personOf(1);
  assert.deepEqual(world.admin.done, [
    `PATCH /api/admin/channels {"channel":"chatgpt","enabled":true,"userId":"${String(id)}"}`,
    `PATCH /api/admin/users/${String(id)} {"disabled":true}`,
  ]);
});

test("a person's tier is seen, and set for good or until a day", async (t) => {
  const { page, url, world } = await administrator(t);
  await page.goto(`${url}/app/admin/people`);
  const ben = page.getByRole("listitem").filter({ hasText: "Ben Okafor" });
  await page.getByRole("list", { name: "People" }).getByText("Free").first().waitFor();
  await ben.getByText("Pro until 1 Mar 2027").waitFor();
  await ben.getByRole("button", { name: "Tier" }).click();
  const dialog = page.getByRole("dialog", { name: "Tier of Ben Okafor, ben@example.com" });
  await dialog.getByRole("radio", { name: "Pro" }).and(page.locator(":checked")).waitFor();
  assert.equal(await dialog.getByLabel("Until").inputValue(), "2027-03-01");
  assert.ok(await dialog.getByRole("button", { name: "Set the tier" }).isDisabled(), "nothing has changed yet");
  await dialog.getByText("Team", { exact: true }).click();
  await dialog.getByLabel("Until").fill("2027-06-30");
  await assertAccessible(page);
  await pictureOfWindow(page, "admin-tier");
  await dialog.getByRole("button", { name: "Set the tier" }).click();
  await ben.getByText("Team until 30 Jun 2027").waitFor();
  await ben.getByRole("button", { name: "Tier" }).click();
  await dialog.getByLabel("Until").fill("");
  await dialog.getByRole("button", { name: "Set the tier" }).click();
  await ben.getByText("Team", { exact: true }).waitFor();
  await ben.getByText("until 30 Jun 2027").waitFor({ state: "detached" });
  const path = `PUT /api/admin/users/${String(personOf(1)["id"])}/tier`;
  assert.deepEqual(world.admin.done, [
    `${path} {"tier":"team","until":"2027-06-30T23:59:59.999Z"}`,
    `${path} {"tier":"team","until":null}`,
  ]);
});

test("a person is paused and resumed, each after its question", async (t) => {
  const { page, url, world } = await administrator(t);
  await page.goto(`${url}/app/admin/people`);
  const ben = page.getByRole("listitem").filter({ hasText: "Ben Okafor" });
  await ben.getByRole("button", { name: "Pause" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("They are told that the operator paused them, and cannot lift it.").waitFor();
  await assertAccessible(page);
  await dialog.getByRole("button", { name: "Pause", exact: true }).click();
  await ben.getByText("Paused by an administrator just now").waitFor();
  await screenshot(page, "web", "admin-person-paused");
  await ben.getByRole("button", { name: "Resume" }).click();
  await dialog.getByRole("button", { name: "Resume", exact: true }).click();
  await ben.getByText("Paused by an administrator").waitFor({ state: "detached" });
  const path = `PUT /api/admin/users/${String(personOf(1)["id"])}/pause`;
  assert.deepEqual(world.admin.done, [`${path} {"paused":true}`, `${path} {"paused":false}`]);
});

test("a person is given a bundle beside their tier, and another one is taken", async (t) => {
  const { page, url, world } = await administrator(t);
  await page.goto(`${url}/app/admin/people`);
  const ben = page.getByRole("listitem").filter({ hasText: "Ben Okafor" });
  await ben.getByText("With signals").waitFor();
  await ben.getByRole("button", { name: "Bundles" }).click();
  const dialog = page.getByRole("dialog", { name: "Bundles of Ben Okafor, ben@example.com" });
  const question = page.getByRole("dialog", { name: "Take signals from Ben Okafor, ben@example.com?" });
  const given = dialog.getByRole("list", { name: "Bundles" });
  await given.getByText("Until 31 Jan 2027").waitFor();
  assert.ok(await dialog.getByRole("button", { name: "Give it" }).isDisabled());
  await dialog.getByRole("textbox", { name: "Bundle" }).fill("research");
  await dialog.getByLabel("Until").fill("2027-06-30");
  await assertAccessible(page);
  await pictureOfWindow(page, "admin-bundles");
  await dialog.getByRole("button", { name: "Give it" }).click();
  await given.getByText("research").waitFor();
  const take = given.getByRole("listitem").filter({ hasText: "signals" }).getByRole("button", { name: "Take" });
  await take.click();
  await question.getByText("What comes with their tier stays.").waitFor();
  await focusReaches(page, "Leave it", "the harmless answer has the focus");
  await assertAccessible(page);
  await page.keyboard.press("Escape");
  await question.waitFor({ state: "detached" });
  assert.equal(world.admin.done.length, 1, "nothing was taken");
  await take.click();
  await question.getByRole("button", { name: "Take it" }).click();
  await page.getByRole("region", { name: "Notices" }).getByText("The bundle is taken.").waitFor();
  await ben.getByText("signals").waitFor({ state: "detached" });
  await focusReaches(page, "Bundles", "back where it began");
  const path = `/api/admin/users/${String(personOf(1)["id"])}/bundles`;
  assert.deepEqual(world.admin.done, [
    `PUT ${path}/research {"until":"2027-06-30T23:59:59.999Z"}`,
    `DELETE ${path}/signals {}`,
  ]);
});

test("giving a tier or a bundle wants a sign-in from a moment ago, in place; then it goes on by itself", async (t) => {
  const { page, url, world } = await administrator(t);
  const fresh = new AppError("fresh_sign_in_required", "This needs a sign-in from a moment ago.");
  const person = `/api/admin/users/${String(personOf(1)["id"])}`;
  await page.goto(`${url}/app/admin/people`);
  const ben = page.getByRole("listitem").filter({ hasText: "Ben Okafor" });
  const dialog = page.getByRole("dialog");
  const signInAgain = async (code: string): Promise<void> => {
    await dialog.getByText("sign in once more").waitFor();
    await assertAccessible(page);
    await dialog.getByRole("button", { name: "Send me a code" }).click();
    await dialog.getByLabel("Code", { exact: true }).fill(code);
    await dialog.getByRole("button", { name: "Sign in again" }).click();
  };
  failNext(world, `PUT ${person}/tier`, fresh);
  await ben.getByRole("button", { name: "Tier" }).click();
  await dialog.getByText("Team", { exact: true }).click();
  await dialog.getByRole("button", { name: "Set the tier" }).click();
  await signInAgain("424241");
  await ben.getByText("Team until 1 Mar 2027").waitFor();

  failNext(world, `PUT ${person}/bundles/research`, fresh);
  await ben.getByRole("button", { name: "Bundles" }).click();
  await dialog.getByRole("textbox", { name: "Bundle" }).fill("research");
  await dialog.getByRole("button", { name: "Give it" }).click();
  await dialog.getByText("sign in once more").waitFor();
  await pictureOfWindow(page, "admin-bundle-sign-in-again");
  await signInAgain("424242");
  await dialog.getByRole("list", { name: "Bundles" }).getByText("research").waitFor();
  assert.deepEqual(
    world.admin.done.map((done) => done.split(" {")[0]),
    [`PUT ${person}/tier`, `PUT ${person}/bundles/research`],
  );
});

test("a channel is switched off for everyone after its question; declining leaves it on", async (t) => {
  const { page, url, world } = await administrator(t);
  await page.goto(`${url}/app/admin/channels`);
  const chatgpt = page.getByRole("group", { name: "ChatGPT" });
  await page.getByText("Only accounts that you switch it on for have it.").waitFor();
  await assertAccessible(page);
  await screenshot(page, "web", "admin-channels");
  await chatgpt.getByText("Off", { exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Switch ChatGPT off for everyone?" });
  await dialog.getByRole("button", { name: "Leave it" }).click();
  await dialog.waitFor({ state: "hidden" });
  assert.ok(await chatgpt.getByRole("radio", { name: "On" }).isChecked());
  await chatgpt.getByText("Off", { exact: true }).click();
  await dialog.getByRole("button", { name: "Switch off" }).click();
  await page.getByText("ChatGPT is off.").waitFor();
  await chatgpt.getByRole("radio", { name: "Off" }).and(page.locator(":checked")).waitFor();
  assert.deepEqual(world.admin.done, ['PATCH /api/admin/channels {"channel":"chatgpt","enabled":false}']);
});

test("why did it fail? of anybody, with who it was and what mends it", async (t) => {
  const { page, url } = await administrator(t);
  await page.goto(`${url}/app/admin/attempts`);
  const attempts = page.getByRole("list", { name: "Attempts" }).locator("> li");
  await attempts.nth(2).getByText("Nobody signed in").waitFor();
  await attempts.nth(2).locator("summary").click();
  await attempts.nth(2).getByText("12 more from the same place are only counted.").waitFor();
  await assertAccessible(page);
  await screenshot(page, "web", "admin-attempts");
  await page.getByLabel("Any outcome").selectOption("working");
  await attempts.nth(1).waitFor({ state: "detached" });
  await attempts.first().getByText("Linked and in use").waitFor();
  assert.match(page.url(), /state=working/);
});

test("while a page loads there is a shape, when it fails a reason and another try, and where nothing is, words", async (t) => {
  const { page, url, world } = await administrator(t);
  const busy = new AppError("unavailable", "The database is busy.");
  const { admin } = world;
  for (const name of ["links", "clients", "users", "channels", "attempts"] as const) admin[name] = [];
  const reads = ["grants", "clients", "users", "channels", "link-attempts"];
  for (const [index, path] of pages.entries()) {
    const read = `GET /api/admin/${reads[index]}`;
    failNext(world, read, busy);
    failNext(world, read, busy);
    const gate = Promise.withResolvers<void>();
    await page.goto(`${url}/app`);
    await page.getByRole("link", { name: "Admin" }).waitFor();
    world.gate = gate.promise;
    const opened = page.goto(`${url}/app/admin${path}`);
    await page.getByText("Loading").first().waitFor();
    gate.resolve();
    await opened;
    await page.getByText("The database is busy.").waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("The database is busy.").waitFor({ state: "detached" });
    await page.getByRole("heading", { level: 1 }).waitFor();
  }
  await page.getByText("Nobody has tried to link yet.").waitFor();
  await screenshot(page, "web", "admin-empty");
});

test("a change that is refused says why, in its question", async (t) => {
  const { page, url, world } = await administrator(t);
  failNext(
    world,
    "DELETE /api/admin/grants/link-0",
    new AppError("role_required", "Revoke somebody's link is for administrators of this server."),
  );
  await page.goto(`${url}/app/admin`);
  await page.getByRole("list", { name: "Links" }).getByRole("button", { name: "Revoke" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await dialog.getByText("is for administrators of this server").waitFor();
  await dialog.getByRole("button", { name: "Keep it" }).click();
  assert.deepEqual(world.admin.done, []);
});

test("every page fits a phone, in the dark", async (t) => {
  const { page, url } = await administrator(t, { ...phone, colorScheme: "dark" });
  for (const path of pages) {
    await page.goto(`${url}/app/admin${path}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.getByRole("main").getByRole("listitem").nth(6).waitFor();
    await assertFits(page);
    await assertAccessible(page);
    await screenshot(page, "web", `admin${path.replace("/", "-")}-phone-dark`);
  }
});
