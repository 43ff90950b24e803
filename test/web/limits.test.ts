import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { AppError } from "../../src/kernel/errors.ts";
import { screenshot } from "../browser.ts";
import { focusReaches, pictureOf, signedIn, tabTo } from "./console-room.ts";
import { failNext } from "./world.ts";
import { inMinutes } from "./samples.ts";
import { assertAccessible, assertFits, phone } from "./stage.ts";

const LANDLORD = "9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin";

async function withLimits(t: TestContext, options: BrowserContextOptions = {}) {
  const visited = await signedIn(t, options);
  visited.world.work.spending = {
    version: 7,
    caps: [
      { asset: "usd", perTransaction: "100", rolling: { amount: "1500", hours: 24, spent: "412.50" } },
      { asset: "SOL", perTransaction: "1.5", rolling: null },
    ],
    recipientsOnly: false,
    holdHours: 24,
    recipients: [
      { recipient: LANDLORD, label: "Landlord", addedAt: inMinutes(-9000), usableFrom: inMinutes(-7000) },
      {
        recipient: "Vote111111111111111111111111111111111111111",
        label: "Ben",
        addedAt: inMinutes(-60),
        usableFrom: inMinutes(1380),
      },
    ],
    assets: ["sol", "usd", "usdc"],
    notes: [],
    freshAboveUsd: "1000",
    freshAfterClicks: 10,
  };
  return visited;
}

const region = (page: Page, name: string) => page.getByRole("region", { name });

test("one press pauses everything; every page then says so, and resuming asks first", async (t) => {
  const { page, url, world } = await withLimits(t);
  await page.goto(`${url}/app/limits`);
  const pause = page.getByRole("button", { name: "Pause everything" });
  await pause.waitFor();
  await page.getByRole("heading", { name: "Pause your assistants" }).waitFor();
  await page.getByText("Every change and every payment by an assistant, from now on").waitFor();
  await page.getByText("What has begun, such as a payment on its way").waitFor();
  await page.getByText("412.50").waitFor();
  await assertAccessible(page);
  await screenshot(page, "console", "limits");
  await tabTo(page, "Pause everything", 60);
  await page.keyboard.press("Enter");
  const done = page.getByRole("main").getByRole("status");
  await done.getByText("Everything is paused.").waitFor();
  await page.getByRole("heading", { name: "Everything is paused" }).waitFor();
  await focusReaches(page, "Everything is paused", "the button that was pressed has gone");
  await assertAccessible(page);
  await screenshot(page, "console", "limits-paused");
  await done.getByRole("button", { name: "Receipt" }).click();
  await page.getByRole("dialog", { name: "Pause everything" }).waitFor();
  await page.keyboard.press("Escape");
  for (const path of ["", "/jobs", "/settings"]) {
    await page.goto(`${url}/app${path}`);
    await page.getByText("No assistant can change anything for you.").waitFor();
  }
  await assertAccessible(page);
  await pictureOf(page, "paused-banner");
  await page.getByRole("button", { name: "Resume" }).click();
  const dialog = page.getByRole("dialog", { name: "Resume?" });
  await dialog.getByText("assistants may change things for you again").waitFor();
  await focusReaches(page, "Stay paused", "the harmless answer has the focus");
  await pictureOf(page, "resume");
  await dialog.getByRole("button", { name: "Resume" }).click();
  await page.getByText("No assistant can change anything for you").waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement?.id === "content");
  await page.getByRole("region", { name: "Notices" }).getByText("Assistants may act for you again.").waitFor();
  assert.deepEqual(world.work.done, ['PUT /api/pause {"paused":true}', 'PUT /api/pause {"paused":false}']);
});

test("a pause by the operator is said on every page, and nothing there lifts it", async (t) => {
  const { page, url, world } = await withLimits(t);
  world.work.operatorPausedAt = inMinutes(-30);
  world.work.pausedAt = inMinutes(-5);
  await page.goto(`${url}/app/jobs`);
  await page.getByText("The operator of this server has paused everything.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Resume" }).count(), 0);
  await assertAccessible(page);
  await pictureOf(page, "paused-by-operator");
  await page.goto(`${url}/app/limits`);
  const told = region(page, "The operator has paused everything");
  await told.getByText("Only whoever runs this server can lift it").waitFor();
  assert.equal(await told.getByRole("button").count(), 0);
  // Their own stays theirs.
  await assertAccessible(page);
  await region(page, "Everything is paused").getByRole("button", { name: "Resume" }).click();
  const dialog = page.getByRole("dialog", { name: "Resume?" });
  await dialog.getByText("This ends your own pause alone.").waitFor();
  await dialog.getByRole("button", { name: "Resume" }).click();
  await page.getByText("Your own pause has ended; the operator's holds.").waitFor();
  await told.waitFor();
  assert.equal(await page.getByText("Assistants may act for you again.").count(), 0);
});

test("a pause that did not work says so, and nothing claims that it did", async (t) => {
  const { page, url, world } = await withLimits(t);
  failNext(world, "PUT /api/pause", new AppError("unavailable", "The database is busy."));
  await page.goto(`${url}/app/limits`);
  await page.getByRole("button", { name: "Pause everything" }).click();
  await page.getByText("The database is busy.").waitFor();
  assert.equal(await page.getByText("Everything is paused").count(), 0);
  await page.getByRole("button", { name: "Pause everything" }).click();
  await page.getByRole("heading", { name: "Everything is paused" }).waitFor();
});

test("a limit says what it was and what it will be, takes only what can be read in one way, and leaves a receipt", async (t) => {
  const { page, url, world } = await withLimits(t);
  await page.goto(`${url}/app/limits`);
  const caps = region(page, "How much may be spent");
  await caps.getByText("At most 100 US dollars each time, and at most 1 500 US dollars in any 24 hours.").waitFor();
  await caps.getByText("412.50 US dollars spent in the last 24 hours").first().waitFor();
  await caps.getByRole("button", { name: "Change" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Everything together, in US dollars" });
  await page.waitForFunction(() => document.activeElement?.getAttribute("name") === "each");
  const save = dialog.getByRole("button", { name: "Save the limit" });
  assert.ok(await save.isDisabled(), "nothing has changed yet");
  for (const wrong of ["1,5", "-3", "1e9", "abc"]) {
    await dialog.getByLabel("Each time, at most").fill(wrong);
    await dialog.getByText("Write digits, with a point where there are parts: 12.50").waitFor();
    assert.ok(await save.isDisabled());
  }
  await assertAccessible(page);
  await dialog.getByLabel("Each time, at most").fill("250.50");
  await dialog.getByLabel("Within").selectOption("168");
  await dialog.getByText("At most 250.50 US dollars each time, and at most 1 500 US dollars in any 7 days.").waitFor();
  await dialog.getByText("so it is asked anew").waitFor();
  await pictureOf(page, "limits-change");
  await save.click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByRole("main").getByRole("button", { name: "Receipt" }).waitFor();
  assert.equal(
    world.work.done[0],
    `PUT /api/spending/caps ${JSON.stringify({
      caps: [
        { asset: "usd", perTransaction: "250.50", rolling: { amount: "1500", hours: 168 } },
        { asset: "SOL", perTransaction: "1.5", rolling: null },
      ],
    })}`,
  );
});

test("a limit is taken away by emptying it, and set on another asset once", async (t) => {
  const { page, url, world } = await withLimits(t);
  await page.goto(`${url}/app/limits`);
  const caps = region(page, "How much may be spent");
  await caps.getByRole("button", { name: "Change" }).nth(1).click();
  const sol = page.getByRole("dialog", { name: "SOL" });
  await sol.getByLabel("Each time, at most").fill("");
  await sol.getByText("No limit.", { exact: true }).waitFor();
  await sol.getByRole("button", { name: "Save the limit" }).click();
  await page.getByRole("main").getByText("SOL: No limit.").waitFor();
  await caps.getByRole("button", { name: "Set a limit on another asset" }).click();
  const another = page.getByRole("dialog", { name: "Set a limit" });
  await another.getByText("It has limits already. Change those.").waitFor();
  await another.getByLabel("Asset").fill("USDC");
  await another.getByLabel("Altogether, at most").fill("20");
  await another.getByText("At most 20 USDC in any 24 hours.").waitFor();
  await another.getByLabel("Altogether, at most").press("Enter");
  await caps.getByRole("heading", { name: "USDC" }).waitFor();
  assert.equal(
    world.work.done[1],
    `PUT /api/spending/caps ${JSON.stringify({
      caps: [
        { asset: "usd", perTransaction: "100", rolling: { amount: "1500", hours: 24 } },
        { asset: "USDC", perTransaction: null, rolling: { amount: "20", hours: 24 } },
      ],
    })}`,
  );
});

test("a limit on what no tool states says so, before it is set and after", async (t) => {
  const { page, url, world } = await withLimits(t);
  const note = "No tool of this server says what it spends in BONK, so this limit stops nothing.";
  world.work.spending["caps"] = [{ asset: "BONK", perTransaction: "5", rolling: null }];
  world.work.spending["notes"] = [{ asset: "BONK", sentence: note }];
  await page.goto(`${url}/app/limits`);
  await region(page, "How much may be spent").getByText(note).waitFor();
  await page.getByRole("button", { name: "Set a limit on another asset" }).click();
  const dialog = page.getByRole("dialog", { name: "Set a limit" });
  await dialog.getByLabel("Asset").fill("sol");
  assert.equal(await dialog.getByText("would stop nothing").count(), 0);
  await dialog.getByLabel("Asset").fill("WIF");
  await dialog
    .getByText("so this limit would stop nothing. One in US dollars (usd) counts whatever is spent.")
    .waitFor();
  await assertAccessible(page);
  await pictureOf(page, "limits-uncounted");
});

test("who may be paid: only a list, which a new name joins after its rest", async (t) => {
  const { page, url, world } = await withLimits(t);
  await page.goto(`${url}/app/limits`);
  const recipients = region(page, "Who may be paid");
  const rows = recipients.getByRole("list", { name: "Recipients" }).getByRole("listitem");
  await rows.first().getByText("May be paid").waitFor();
  await rows.nth(1).getByText("Usable from").waitFor();
  await recipients.getByText("Only my list", { exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("is refused, even if you approve it").waitFor();
  await dialog.getByRole("button", { name: "Leave it" }).click();
  await dialog.waitFor({ state: "hidden" });
  assert.ok(await recipients.getByRole("radio", { name: "Anyone" }).isChecked());
  await recipients.getByText("Only my list", { exact: true }).click();
  await dialog.getByRole("button", { name: "Only my list" }).click();
  await page.getByRole("main").getByText("Only your list may be paid.").waitFor();
  await recipients.getByRole("radio", { name: "Only my list" }).and(page.locator(":checked")).waitFor();
  await recipients.getByRole("button", { name: "Add somebody" }).click();
  const add = page.getByRole("dialog", { name: "Add somebody to your list" });
  await add.getByText("It rests 24 hours first").waitFor();
  await page.keyboard.type("Ada’s workshop");
  await add.getByLabel("Address").fill("nowhere");
  await add.getByRole("button", { name: "Add to the list" }).click();
  await add.getByText("recipient: is no address.").waitFor();
  await assertAccessible(page);
  await pictureOf(page, "limits-add-recipient");
  await add.getByLabel("Address").fill("So11111111111111111111111111111111111111112");
  await page.keyboard.press("Enter");
  await page.getByRole("main").getByText("is on your list, and may be paid after 24 hours.").waitFor();
  await rows.first().getByText("Usable from").waitFor();
  await rows.nth(1).getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog", { name: "Remove Landlord?" }).getByRole("button", { name: "Remove" }).click();
  await page.getByRole("main").getByText("is off your list.").waitFor();
  await page.waitForFunction(() => document.activeElement?.id === "content");
  assert.equal(await rows.count(), 2);
  assert.deepEqual(
    world.work.done.map((line) => line.split(" ").slice(0, 2).join(" ")),
    ["PATCH /api/spending", "POST /api/spending/recipients", `DELETE /api/spending/recipients/${LANDLORD}`],
  );
});

test("a change that wants a fresh sign-in is made once the person has signed in again, and not for somebody else", async (t) => {
  const { page, url, world } = await withLimits(t);
  const fresh = new AppError("fresh_sign_in_required", "This needs a sign-in from a moment ago.");
  failNext(world, "PATCH /api/spending", fresh);
  await page.goto(`${url}/app/limits`);
  await region(page, "Who may be paid").getByText("Only my list", { exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Only my list" }).click();
  await dialog.getByText("sign in once more").waitFor();
  assert.equal(await dialog.getByLabel("Email").inputValue(), "ada@example.com", "it is known who is to sign in");
  await assertAccessible(page);
  await pictureOf(page, "limits-sign-in-again");
  await dialog.getByRole("button", { name: "Send me a code" }).click();
  await dialog.getByLabel("Code", { exact: true }).fill("424241");
  await dialog.getByRole("button", { name: "Sign in again" }).click();
  await page.getByRole("main").getByText("Only your list may be paid.").waitFor();
  assert.deepEqual(world.work.done, ['PATCH /api/spending {"recipientsOnly":true}']);

  failNext(world, "PATCH /api/spending", fresh);
  await region(page, "Who may be paid").getByText("Anyone", { exact: true }).click();
  await dialog.getByRole("button", { name: "Allow anyone" }).click();
  await dialog.getByLabel("Email").fill("eve@example.com");
  await dialog.getByRole("button", { name: "Send me a code" }).click();
  await dialog.getByLabel("Code", { exact: true }).fill("424242");
  await dialog.getByRole("button", { name: "Sign in again" }).click();
  await page.getByRole("region", { name: "Notices" }).getByText("you are signed in as somebody else now").waitFor();
  assert.equal(world.work.done.length, 1, "nothing was changed in the name of the other");
});

test("without limits there are words for why, and a server that stumbles is asked again", async (t) => {
  const { page, url, world } = await signedIn(t);
  const busy = new AppError("unavailable", "The database is busy.");
  failNext(world, "GET /api/spending", busy);
  failNext(world, "GET /api/spending", busy);
  await page.goto(`${url}/app/limits`);
  await page.getByText("The database is busy.").waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("No limits of yours yet.").waitFor();
  await page.getByText("Nobody is on your list yet.").waitFor();
  await page.getByText("Above 100 US dollars you sign in again").waitFor();
  await assertAccessible(page);
  await screenshot(page, "console", "limits-none");
});

test("on a phone, in the dark, with hostile words", async (t) => {
  const { page, url, world } = await withLimits(t, { ...phone, colorScheme: "dark" });
  world.work.pausedAt = inMinutes(-5);
  await page.goto(`${url}/app/limits`);
  await page.getByText("412.50").waitFor();
  await assertFits(page);
  await assertAccessible(page);
  await screenshot(page, "console", "limits-phone-dark");
  const hostile = `<b>\u202E${"x".repeat(400)}`;
  world.work.spending = {
    ...world.work.spending,
    caps: [
      {
        asset: hostile,
        perTransaction: "9".repeat(30),
        rolling: { amount: "1", hours: 5, spent: hostile },
      },
    ],
    notes: [{ asset: hostile, sentence: `No tool states ${hostile}.` }],
    recipients: [{ recipient: hostile, label: hostile, addedAt: inMinutes(-1), usableFrom: inMinutes(9) }],
  };
  await page.reload();
  await page.getByText("Usable from").waitFor();
  await assertFits(page);
  await assertAccessible(page);
});
