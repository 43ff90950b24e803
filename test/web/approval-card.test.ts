import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { AppError } from "../../src/kernel/errors.ts";
import { until } from "../bellhop.ts";
import { screenshot } from "../browser.ts";
import { approvalId, approvalOf, ask, jobOf, work } from "./approvals-contract.ts";
import { focusReaches, focused, pictureOf, signedIn } from "./console-room.ts";
import { type World, failNext } from "./contract.ts";
import { inMinutes, receiptOf } from "./samples.ts";
import { type Visit, assertAccessible, assertFits, phone, visit } from "./stage.ts";

const looks = {
  light: {},
  dark: { colorScheme: "dark" },
  phone,
  "phone-dark": { ...phone, colorScheme: "dark" },
} as const;

const SENTENCE = "Swap 1 SOL for at least 148.20 USDC";

/** Opens the card of the first approval. */
async function atCard(t: TestContext, approval = approvalOf(0), options: BrowserContextOptions = {}): Promise<Visit> {
  const visited = await signedIn(t, options);
  visited.world.approvals.list = [approval, approvalOf(1)];
  await visited.page.goto(`${visited.url}/app/approvals/${approvalId(0)}`);
  await visited.page.getByRole("heading", { level: 1 }).waitFor();
  return visited;
}

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

const followed = (world: World, windows = 1) =>
  until("every window to follow", () => (world.lines.size === windows ? true : undefined));

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

test("decided in another window: said so, and what was pressed here changed nothing", async (t) => {
  const { page, world } = await atCard(t);
  await followed(world);
  // The news is late: the press comes first.
  world.approvals.list = [approvalOf(0, { status: "rejected", decidedAt: inMinutes(0) })];
  await button(page, "Approve").click();
  const note = page.getByRole("region", { name: "You rejected this." });
  await note.getByText("It was decided in another window before. What you pressed here changed nothing.").waitFor();
  await page.waitForFunction(() => document.activeElement?.textContent?.startsWith("You rejected this"));
  await screenshot(page, "console", "approval-too-late");
});

test("a card that is decided in another window while it is looked at follows at once", async (t) => {
  const { page, url, world } = await atCard(t);
  const second = await page.context().newPage();
  await second.goto(`${url}/app/approvals/${approvalId(0)}`);
  await button(second, "Approve").waitFor();
  await followed(world, 2);
  await button(second, "Approve").click();
  await page
    .getByRole("region", { name: "You approved this." })
    .getByText("It was decided in another window.")
    .waitFor();
  assert.equal(await button(page, "Approve").count(), 0);
});

const ends = {
  expired: [approvalOf(0, { status: "expired" }), "Its time is over.", "If you still want it, ask Claude again."],
  rejected: [
    approvalOf(0, { status: "rejected", decidedAt: inMinutes(-1) }),
    "You rejected this.",
    "Nothing was done.",
  ],
  void: [
    approvalOf(0, {
      status: "void",
      error: { code: "approval_void", message: "Your limits have changed since it was asked.", next: "Call again." },
    }),
    "This can no longer be decided.",
    "Your limits have changed since it was asked.",
  ],
  failed: [
    approvalOf(0, {
      status: "approved",
      run: "failed",
      error: { code: "timeout", message: "The exchange did not answer in time.", next: "Call again." },
    }),
    "You approved this, but it did not work.",
    "The exchange did not answer in time.",
  ],
  cancelled: [
    approvalOf(0, { status: "approved", run: "cancelled" }),
    "You approved this, and then it was cancelled.",
    "ask Claude again",
  ],
  unknown: [
    approvalOf(0, { status: "approved", run: "unknown" }),
    "Nobody can tell whether this happened.",
    "before you ask for it again",
  ],
} as const;

for (const [end, [approval, heading, words]] of Object.entries(ends))
  test(`an approval that is ${end} is said in words, with the next step, and offers no answer`, async (t) => {
    const { page } = await atCard(t, approval);
    await page.getByRole("region", { name: heading }).getByText(words).waitFor();
    assert.equal(await button(page, "Approve").count(), 0);
    assert.equal(await page.getByText("another window").count(), 0);
    await assertAccessible(page);
    await screenshot(page, "console", `approval-${end}`);
  });

test("a server that restarts takes no card away, and the page recovers by itself", async (t) => {
  const { page, world } = await atCard(t);
  await followed(world);
  await page.getByRole("article").evaluate((element) => element.setAttribute("data-mark", "open"));
  const away = /\/api\/(session|events)$/;
  await page.route(away, (route) => route.abort("connectionrefused"));
  let refused = 0;
  page.on("requestfailed", (request) => {
    if (request.url().endsWith("/api/session")) refused += 1;
  });
  for (const line of world.lines) line.cut();
  await until("the session to be asked for in vain", () => (refused >= 2 ? true : undefined));
  await page.getByText("Not live. It comes back by itself.").waitFor();
  const read = page.waitForResponse((response) => response.url().endsWith("/api/session") && response.ok());
  await page.unroute(away);
  await read;
  await followed(world);
  assert.equal(await page.locator("[data-mark=open]").count(), 1, "the same card stands");
  assert.equal(await page.getByRole("alert").count(), 0);
  await button(page, "Approve").click();
  await page.getByRole("region", { name: "You approved this." }).waitFor();
});

test("its time runs out while it is looked at", async (t) => {
  const { page, url, world } = await signedIn(t);
  await page.clock.install();
  world.approvals.list = [approvalOf(0, { expiresAt: inMinutes(1) })];
  await page.goto(`${url}/app/approvals/${approvalId(0)}`);
  await button(page, "Approve").waitFor();
  world.approvals.list = [approvalOf(0, { status: "expired", expiresAt: inMinutes(0) })];
  await page.clock.runFor(62_000);
  await page.getByRole("region", { name: "Its time is over." }).waitFor();
  await page.waitForFunction(() => document.activeElement?.textContent?.startsWith("Its time is over"));
});

test("a press that comes too late is told so", async (t) => {
  const { page, world } = await atCard(t);
  world.approvals.list = [approvalOf(0, { status: "expired" })];
  await button(page, "Approve").click();
  await page.getByRole("region", { name: "Its time is over." }).waitFor();
});

test("while everything is paused nothing is approved, and the card says what to do; rejecting still works", async (t) => {
  const { page, world } = await atCard(t);
  world.approvals.paused = true;
  await button(page, "Approve").click();
  await page.getByRole("alert").getByText("You have paused everything.").waitFor();
  await page.getByText("Resume first, then approve.").waitFor();
  assert.equal(await page.getByText("Request id").count(), 0, "a pause that holds is nothing to look into");
  assert.equal(await page.getByRole("link", { name: "Open the limits" }).getAttribute("href"), "/app/limits");
  await screenshot(page, "console", "approval-paused");
  await button(page, "Reject").click();
  await page.getByRole("region", { name: "You rejected this." }).waitFor();
});

test("an answer that is lost is told, and the same press sends it again", async (t) => {
  const { page, world } = await atCard(t);
  failNext(world, `POST /api/approvals/${approvalId(0)}/decision`, new AppError("unavailable", "The server is busy."));
  await button(page, "Approve").click();
  await page.getByRole("alert").getByText("The server is busy.").waitFor();
  await focusReaches(page, "Approve", "the focus stays on what was pressed");
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "You approved this." }).waitFor();
});

test("a link to a card leads a signed-out person through the sign-in back to it", async (t) => {
  const { page, url, world } = await visit(t);
  world.approvals.list = [approvalOf(0)];
  await page.goto(`${url}/app/approvals/${approvalId(0)}`);
  await page.getByLabel("Email").fill("ada@example.com");
  await button(page, "Send me a code").click();
  await page.getByLabel("Code", { exact: true }).fill("424241");
  await button(page, "Sign in").click();
  await page.getByRole("heading", { level: 1, name: SENTENCE }).waitFor();
  assert.equal(new URL(page.url()).pathname, `/app/approvals/${approvalId(0)}`);
});

test("a session that ended meanwhile leads through the sign-in back to the card, where nothing was decided", async (t) => {
  const { page, url, world } = await atCard(t);
  failNext(
    world,
    `POST /api/approvals/${approvalId(0)}/decision`,
    new AppError("authentication_required", "You are not signed in."),
  );
  world.person = null;
  await button(page, "Approve").click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.equal(page.url(), `${url}/app/sign-in?to=${encodeURIComponent(`/approvals/${approvalId(0)}`)}`);
  assert.equal(world.approvals.taken.length, 0);
});

test("an address of nothing says so, and who is signed in", async (t) => {
  const { page, url } = await signedIn(t);
  await page.goto(`${url}/app/approvals/${approvalId(99)}`);
  await page.getByRole("heading", { level: 1, name: "There is nothing to decide here" }).waitFor();
  await page.getByRole("main").getByText("ada@example.com").waitFor();
  await assertAccessible(page);
  await page.getByRole("main").getByRole("link", { name: "All approvals" }).click();
  await page.getByRole("heading", { level: 1, name: "Approvals" }).waitFor();
});

test("a card that could not be read says so, and is read again", async (t) => {
  const { page, url, world } = await signedIn(t);
  world.approvals.list = [approvalOf(0)];
  const path = `GET /api/approvals/${approvalId(0)}`;
  for (let times = 0; times < 2; times += 1)
    failNext(world, path, new AppError("unavailable", "The server is starting."));
  await page.goto(`${url}/app/approvals/${approvalId(0)}`);
  await page.getByRole("alert").getByText("The server is starting.").waitFor();
  await button(page, "Try again").click();
  await page.getByRole("heading", { level: 1, name: SENTENCE }).waitFor();
});
