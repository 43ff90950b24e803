import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../../src/kernel/errors.ts";
import { screenshot } from "../browser.ts";
import { focusReaches, pictureOf, signedIn, tabTo } from "./console-room.ts";
import { failNext } from "./world.ts";
import { intentOf } from "./samples.ts";
import { assertAccessible, assertFits, phone } from "./stage.ts";

const DESK = "I offer a desk in a quiet workshop in Delft.";
const VIOLIN = "I want to learn to build a violin.";
const idOf = (index: number): string => String(intentOf(index)["id"]);

test("each intent with the words that it came from, in their context, and who found it", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app/intents`);
  const desk = page.getByRole("article", { name: DESK });
  await desk.waitFor();
  assert.equal(await desk.locator("mark").innerText(), "I offer a desk in it.");
  assert.equal(await desk.locator("blockquote").innerText(), "The workshop has room again. I offer a desk in it.");
  await desk.getByText("Found by fixed rules, in a file that you gave").waitFor();
  await page.getByRole("article", { name: VIOLIN }).getByText("Found by your assistant and checked").waitFor();
  assert.equal(await page.title(), "Intents · Bellhop");
  await assertAccessible(page);
  await screenshot(page, "console", "intents");
});

test("editing in place: by keyboard alone, saved, and taken back", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/intents`);
  await page.getByRole("article", { name: DESK }).waitFor();
  await page.getByRole("article", { name: DESK }).getByRole("button", { name: "Edit" }).focus();
  await page.keyboard.press("Enter");
  assert.ok(await page.getByLabel("Intent", { exact: true }).evaluate((field) => field === document.activeElement));
  await assertAccessible(page);
  await screenshot(page, "console", "intent-edit");
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("I offer two desks in Delft.");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Desks in Delft");
  await page.keyboard.press("Enter");
  const edited = page.getByRole("article", { name: "I offer two desks in Delft." });
  await edited.getByText("Desks in Delft", { exact: true }).waitFor();
  assert.equal(world.intents[1]?.["summary"], "Desks in Delft");
  await focusReaches(page, "Edit", "the focus is where editing began");
  await page.getByRole("region", { name: "Notices" }).getByText("Saved.").waitFor();
  await page.keyboard.press("ControlOrMeta+Z");
  await page.getByRole("article", { name: DESK }).waitFor();
  assert.equal(world.intents[1]?.["summary"], null);
});

test("Escape leaves an intent as it was, and an empty one cannot be saved", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/intents`);
  await page.getByRole("article", { name: DESK }).getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Intent", { exact: true }).fill("   ");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByLabel("Intent", { exact: true }).press("Escape");
  await page.getByRole("article", { name: DESK }).waitFor();
  assert.equal(world.intents[1]?.["payload"], DESK);
});

test("an edit that is refused says why, and loses nothing that was typed", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app/intents`);
  await page.getByRole("article", { name: DESK }).getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Intent", { exact: true }).fill(VIOLIN);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("You have another active intent in these words.").waitFor();
  assert.equal(await page.getByLabel("Intent", { exact: true }).inputValue(), VIOLIN);
  await assertAccessible(page);
});

test("archiving, with the way back: the focus goes on to the next, Undo brings it back", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.goto(`${url}/app/intents`);
  await page.getByRole("article", { name: DESK }).getByRole("button", { name: "Archive" }).click();
  const notices = page.getByRole("region", { name: "Notices" });
  await notices.getByText(`Archived: “${DESK}”`).waitFor();
  assert.equal(await page.getByRole("article").count(), 2);
  assert.notEqual(world.intents[1]?.["archivedAt"], null);
  await focusReaches(page, new RegExp(VIOLIN));
  await assertAccessible(page);
  await pictureOf(page, "intent-archived");
  await tabTo(page, "Undo");
  await page.keyboard.press("Enter");
  await page.getByRole("article", { name: DESK }).waitFor();
  assert.equal(world.intents[1]?.["archivedAt"], null);
  assert.equal(await notices.getByText("Archived:").count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement?.id), "content", "the focus is not lost");
});

test("an intent that could not be archived stays; one that cannot come back says why", async (t) => {
  const { page, url, world } = await signedIn(t);
  failNext(world, `DELETE /api/intents/${idOf(1)}`, new AppError("unavailable", "The database is busy."));
  await page.goto(`${url}/app/intents`);
  const desk = page.getByRole("article", { name: DESK });
  await desk.getByRole("button", { name: "Archive" }).click();
  await desk.getByText("The database is busy.").waitFor();
  await desk.getByText(/^Request id/).waitFor();
  assert.equal(await page.getByRole("article").count(), 3);
  await focusReaches(page, "Archive", "who tries again is still there");
  await desk.getByRole("button", { name: "Archive" }).click();
  await desk.waitFor({ state: "detached" });
  const twin = new AppError("conflict", "The same intent was stored again since and is active.");
  failNext(world, `POST /api/intents/${idOf(1)}/restore`, twin);
  const notices = page.getByRole("region", { name: "Notices" });
  await notices.getByRole("button", { name: "Undo" }).click();
  await notices.getByText("The same intent was stored again since and is active.").waitFor();
  await pictureOf(page, "intent-undo-refused");
  await assertAccessible(page);
  await notices.getByRole("button", { name: "Try again" }).press("Escape");
  assert.equal(await notices.getByText("stored again").count(), 0);
});

test("archived ones are a step away, and come back from there", async (t) => {
  const { page, url, world } = await signedIn(t);
  world.intents = [
    ...world.intents,
    intentOf(9, { payload: "I look for a flat in Porto.", archivedAt: new Date().toISOString() }),
  ];
  await page.goto(`${url}/app/intents`);
  await page.getByRole("radio", { name: "Active" }).focus();
  await page.keyboard.press("ArrowRight");
  const flat = page.getByRole("article", { name: "I look for a flat in Porto." });
  await flat.getByText("Archived just now").waitFor();
  assert.equal(new URL(page.url()).search, "?archived=true");
  assert.equal(await page.getByRole("article").count(), 1);
  await assertAccessible(page);
  await screenshot(page, "console", "intents-archived");
  await flat.getByRole("button", { name: "Restore" }).click();
  await page.getByRole("heading", { name: "Nothing is archived" }).waitFor();
  await page.getByText("Active", { exact: true }).click();
  await flat.waitFor();
});

test("search goes with the typing, stays in the address, and says when nothing is found", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app/intents`);
  await page.getByRole("article", { name: DESK }).waitFor();
  await page.getByRole("searchbox", { name: "Search intents" }).pressSequentially("violin");
  await page.getByRole("article", { name: DESK }).waitFor({ state: "detached" });
  await page.getByRole("article", { name: VIOLIN }).waitFor();
  await page.waitForURL("**/app/intents?q=violin");
  await page.reload();
  await page.getByRole("article", { name: VIOLIN }).waitFor();
  assert.equal(await page.getByRole("searchbox").inputValue(), "violin");
  await page.getByRole("searchbox").fill("viola da gamba");
  await page.getByRole("heading", { name: "No intent with “viola da gamba”" }).waitFor();
  await assertAccessible(page);
  await page.getByRole("link", { name: "Show all active intents" }).click();
  await page.getByRole("article", { name: DESK }).waitFor();
  assert.equal(await page.getByRole("searchbox").inputValue(), "");
});

test("older ones come page by page; none at all says how to begin", async (t) => {
  const { page, url, world } = await signedIn(t);
  world.intents = Array.from({ length: 30 }, (_, index) => intentOf(index));
  await page.goto(`${url}/app/intents`);
  await page.getByRole("button", { name: "Show older" }).press("Enter");
  await page.getByText("These are all.").waitFor();
  await focusReaches(page, "These are all.", "the focus is not lost with the button");
  assert.equal(await page.getByRole("article").count(), 30);
  world.intents = [];
  await page.reload();
  await page.getByRole("heading", { name: "No intents yet" }).waitFor();
  await assertAccessible(page);
  await screenshot(page, "console", "intents-empty");
});

test("a list that could not be read says why, and is read again", async (t) => {
  const { page, url, world } = await signedIn(t);
  for (const _ of [1, 2])
    failNext(world, "GET /api/intents", new AppError("internal", "Something went wrong on our side."));
  await page.goto(`${url}/app/intents`);
  await page.getByText("Something went wrong on our side.").waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("article", { name: DESK }).waitFor();
});

test("on a phone, in the dark", async (t) => {
  const { page, url } = await signedIn(t, { ...phone, colorScheme: "dark" });
  await page.goto(`${url}/app/intents`);
  await page.getByRole("article", { name: DESK }).getByRole("button", { name: "Archive" }).click();
  await page.getByText(/^Archived: “/).waitFor();
  await assertFits(page);
  await assertAccessible(page);
  await pictureOf(page, "intents-phone-dark");
});
