import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot } from "../browser.ts";
import { SENTENCE, atCard, button, followed } from "./approval-stage.ts";
import { approvalId, approvalOf, ask, jobOf, work } from "./approvals-contract.ts";
import { focusReaches, focused, pictureOf, signedIn } from "./console-room.ts";
import { inMinutes, receiptOf } from "./samples.ts";
import { assertAccessible, assertFits, phone } from "./stage.ts";

const looks = {
  light: {},
  dark: { colorScheme: "dark" },
  phone,
  "phone-dark": { ...phone, colorScheme: "dark" },
} as const;

for (const [look, options] of Object.entries(looks))
  test(`the card says what will happen, within which bounds, who asks, and how long there is time (${look})`, async (t) => {
    const { page } = await atCard(t, approvalOf(0), options);
    await page.getByRole("heading", { level: 1, name: SENTENCE }).waitFor();
    await page.getByText("Waits for you").first().waitFor();
    const bounds = page.getByRole("table", { name: "What holds at most or at least" });
    assert.deepEqual(await bounds.getByRole("rowheader").allInnerTexts(), [
      "You give at most",
      "You get at least",
      "Fees at most",
    ]);
    assert.deepEqual(await bounds.getByRole("cell").allInnerTexts(), ["1.00 SOL", "148.20 USDC", "0.000105 SOL"]);
    const main = page.getByRole("main");
    for (const text of ["Claude", "2 minutes ago", "Moves money, by Swap tokens"])
      await main.getByText(text).first().waitFor();
    await main.getByText(/^12:\d\d left$/).waitFor();
    assert.equal(
      await bounds
        .getByRole("cell")
        .first()
        .evaluate((cell) => getComputedStyle(cell).fontVariantNumeric),
      "tabular-nums",
    );
    await assertFits(page);
    await assertAccessible(page);
    await screenshot(page, "console", `approval-${look}`);
  });

test("the time left runs by itself", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.clock.install();
  world.approvals.list = [approvalOf(0, { expiresAt: inMinutes(13) })];
  await page.goto(`${url}/app/approvals/${approvalId(0)}`);
  const left = page.getByRole("main").getByText(/left$/);
  const before = await left.innerText();
  await page.clock.runFor(65_000);
  await page.waitForFunction((text) => document.querySelector("main .time-left")?.textContent !== text, before);
  assert.match(await left.innerText(), /^11:\d\d left$/);
});

test("approve and reject weigh the same, and neither has the focus", async (t) => {
  const { page } = await atCard(t);
  const look = (name: string) =>
    button(page, name).evaluate((element) => {
      const { color, backgroundColor, borderColor, fontWeight, fontSize } = getComputedStyle(element);
      const { width, height } = element.getBoundingClientRect();
      return { color, backgroundColor, borderColor, fontWeight, fontSize, width, height };
    });
  assert.deepEqual(await look("Approve"), await look("Reject"));
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), "BODY");
});

test("approving sends what was shown, and the card says what happens now until it is done", async (t) => {
  const { page, world } = await atCard(t);
  await followed(world);
  await button(page, "Approve").click();
  const note = page.getByRole("region", { name: "You approved this. It starts in a moment." });
  await note.waitFor();
  assert.deepEqual(world.approvals.taken, [{ id: approvalId(0), decision: "approve", byPasskey: false }]);
  await page.waitForFunction(() => document.activeElement?.textContent?.startsWith("You approved this"));
  work(
    world,
    jobOf(0, { status: "running", progress: { stage: "Waiting for the network", percent: 40, eta_seconds: 3 } }),
  );
  ask(world, { id: approvalId(0), run: "running" });
  await page.getByRole("region", { name: "You approved this. It is being done." }).waitFor();
  await page.getByText("Waiting for the network").waitFor();
  assert.equal(await page.getByRole("progressbar", { name: "Progress" }).getAttribute("value"), "40");
  await screenshot(page, "console", "approval-running");
  work(
    world,
    jobOf(0, {
      status: "completed",
      completedAt: inMinutes(0),
      resultPayload: { text: "Swapped 1 SOL for 148.31 USDC.", data: {}, artifacts: [] },
    }),
  );
  world.receipts = [receiptOf(0, { id: approvalId(0), title: "Swap tokens", effect: "money" }), ...world.receipts];
  ask(world, { id: approvalId(0), run: "completed" });
  await page.getByRole("region", { name: "You approved this. It is done." }).waitFor();
  await page.getByText("Swapped 1 SOL for 148.31 USDC.").waitFor();
  await assertAccessible(page);
  await screenshot(page, "console", "approval-done");
  await button(page, "Receipt").click();
  const drawer = page.getByRole("dialog", { name: "Swap tokens" });
  await drawer.getByText("Moved money").waitFor();
  await drawer.getByRole("button", { name: "Verify" }).waitFor();
  await pictureOf(page, "approval-receipt");
  await page.keyboard.press("Escape");
  await focusReaches(page, "Receipt");
});

test("rejecting says so, and that nothing was done", async (t) => {
  const { page, world } = await atCard(t);
  await button(page, "Reject").click();
  await page.getByRole("region", { name: "You rejected this." }).getByText("Nothing was done.").waitFor();
  await page.waitForFunction(() => document.activeElement?.textContent?.startsWith("You rejected this"));
  assert.equal(world.approvals.taken.length, 1);
  await screenshot(page, "console", "approval-rejected");
});

test("two presses are one decision, and a press on the other answer meanwhile does nothing", async (t) => {
  const { page, world } = await atCard(t);
  const gate = Promise.withResolvers<undefined>();
  let sent = 0;
  page.on("request", (request) => (sent += request.url().endsWith("/decision") ? 1 : 0));
  world.gate = gate.promise.then(() => undefined);
  await button(page, "Reject").dblclick();
  await page.getByRole("button", { name: "Rejecting" }).waitFor();
  await button(page, "Approve").click();
  gate.resolve(undefined);
  await page.getByRole("region", { name: "You rejected this." }).waitFor();
  assert.equal(sent, 1);
  assert.deepEqual(
    world.approvals.taken.map(({ decision }) => decision),
    ["reject"],
  );
});

test("the whole decision by keyboard alone, with the arguments on the way", async (t) => {
  const { page, world } = await atCard(t);
  await page.getByRole("heading", { level: 1 }).focus();
  const reached: string[] = [];
  while (reached.at(-1) !== "Approve") {
    assert.ok(reached.length < 10, `Approve was not reached: ${reached.join(", ")}`);
    await page.keyboard.press("Tab");
    reached.push((await focused(page)).replaceAll("\u00a0", " "));
    if (reached.at(-1) === "Exactly what is handed over") await page.keyboard.press("Enter");
  }
  assert.deepEqual(reached, [
    "Exactly what is handed over",
    "The exact arguments",
    "Copy the exact arguments",
    "Reject",
    "Approve",
  ]);
  await pictureOf(page, "approval-keyboard");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.textContent?.startsWith("You approved this"));
  assert.equal(world.approvals.taken[0]?.["decision"], "approve");
});

test("the exact arguments are shown to the letter, and long ones scroll inside", async (t) => {
  const long = "a very long note ".repeat(400);
  const { page } = await atCard(
    t,
    approvalOf(0, { arguments: { note: long, to: "ab\u202ecd\u200bef", html: "<b>x</b>" } }),
  );
  await page.getByText("Exactly what is handed over").click();
  const exact = page.getByLabel("The exact arguments", { exact: true });
  const text = await exact.innerText();
  assert.ok(text.includes(long.trim()), "nothing is shortened");
  assert.ok(text.includes(String.raw`ab\u202ecd\u200bef`), "what cannot be seen is written out");
  assert.ok(text.includes("<b>x</b>"));
  const [height, whole] = await exact.evaluate(({ clientHeight, scrollHeight }) => [clientHeight, scrollHeight]);
  assert.ok((height ?? 999) <= 330 && (whole ?? 0) > 1000, `${height} of ${whole}`);
  await assertFits(page);
  await assertAccessible(page);
});

test("hostile words are shown as words: no markup, no turned order, nothing wider than a phone", async (t) => {
  const hostile = approvalOf(0, {
    sentence: `Pay \u202e005\u202c EUR to <img src=x onerror="document.title='owned'"> ${"w".repeat(200)}`,
    title: "<script>1</script>",
    clientName: `\u202eedualC ${"n".repeat(300)}`,
    bounds: [
      { label: "l".repeat(200), value: "v".repeat(900) },
      { label: "\u202eto", value: "\u202e00.1" },
      { label: "", value: "" },
    ],
  });
  const { page } = await atCard(t, hostile, phone);
  const heading = await page.getByRole("heading", { level: 1 }).innerText();
  assert.ok(heading.includes("Pay 005 EUR to <img src=x"), heading);
  assert.equal(await page.locator("main img").count(), 0);
  assert.doesNotMatch(await page.getByRole("main").innerText(), /[\u202a-\u202e\u2066-\u2069]/);
  await assertFits(page);
  await assertAccessible(page);
  await screenshot(page, "console", "approval-hostile-phone");
});
