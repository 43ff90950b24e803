import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { AppError } from "../../src/kernel/errors.ts";
import { pictureOf, signedIn } from "./console-room.ts";
import { type World, failNext } from "./world.ts";
import { grantOf, intentOf, receiptOf } from "./samples.ts";
import { assertAccessible, assertFits, phone, untilLoaded } from "./stage.ts";

/** What someone may put into any field that a page shows. */
const HOSTILE: Readonly<Record<string, string>> = {
  html: `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>"'&`,
  link: `[click](javascript:alert(1)) javascript:alert(1) <a href="javascript:alert(1)">x</a>`,
  turned: "\u202Eevil\u202C \u2066isolated \u200Fright",
  long: "W".repeat(100_000),
  words: "a rather long word after another ".repeat(3000),
  emoji: "👩‍👩‍👧‍👦🏳️‍🌈".repeat(40),
  nothing: "   ",
  arabic: "أبحث عن مهندس برمجيات في روتردام",
};

const at = new Date(Date.now() - 60_000).toISOString();

/** The same text in every field of everything. */
function fill(world: World, text: string): void {
  const scopes = [{ name: text, grants: text }];
  world.person = text;
  world.displayName = text;
  world.identities = [
    { id: "i1", issuer: text, label: text, createdAt: at },
    { id: "i2", issuer: "email", label: text, createdAt: at },
  ];
  world.grants = [grantOf({ clientId: text, clientName: text, channel: text, redirectHost: text, scopes })];
  world.receipts = [
    receiptOf(0, {
      tool: text,
      clientName: text,
      channel: text,
      effect: text,
      outcome: "failed",
      code: text,
      argsDigest: text,
      requestId: text,
    }),
  ];
  world.intents = [
    intentOf(0, {
      payload: text,
      summary: text,
      engine: text,
      section: text,
      context: { before: text, quote: text, after: text },
    }),
  ];
}

/** A page that a hostile text may take over in no way: nothing of it is an element, a link or a script. */
async function assertHarmless(page: Page, name: string): Promise<void> {
  assert.equal(await page.locator("main img, main script, main iframe").count(), 0, name);
  assert.equal(await page.locator("a[href^='javascript:' i]").count(), 0, name);
  assert.doesNotMatch(await page.title(), /owned/);
  await assertFits(page);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  assert.ok(height < 6000, `${name}: the page is ${height} px high`);
}

for (const [name, text] of Object.entries(HOSTILE)) {
  test(`hostile text: ${name}`, async (t) => {
    const { page, url, world } = await signedIn(t, name === "long" ? phone : {});
    fill(world, text);
    for (const path of ["", "/intents", "/receipts", "/linked-accounts", "/settings"]) {
      await page.goto(`${url}/app${path}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await untilLoaded(page);
      await assertHarmless(page, `${name} at ${path}`);
      if (path === "/intents" || path === "/receipts") await assertAccessible(page);
      if (path !== "") await pictureOf(page, `hostile-${name}${path.replace("/", "-")}`);
    }
  });
}

test("hostile text in what lies over the page: details, questions, notices, errors", async (t) => {
  const { page, url, world } = await signedIn(t);
  fill(world, `${HOSTILE["html"]}${HOSTILE["turned"]}${"x".repeat(5000)}`);
  await page.goto(`${url}/app/receipts`);
  await page.locator("tbody tr button").first().click();
  await page
    .getByRole("dialog")
    .getByText("Would have")
    .or(page.getByRole("dialog").getByText("Effect"))
    .first()
    .waitFor();
  await assertHarmless(page, "details");
  await pictureOf(page, "hostile-details");
  await page.goto(`${url}/app/linked-accounts`);
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog").waitFor();
  await assertHarmless(page, "question");
  await page.goto(`${url}/app/intents`);
  const answer = new AppError("conflict", HOSTILE["long"] ?? "", { next: HOSTILE["html"] ?? "" });
  failNext(world, `DELETE /api/intents/${String(intentOf(0)["id"])}`, answer);
  await page.getByRole("button", { name: "Archive" }).click();
  await page.getByRole("alert").waitFor();
  await assertHarmless(page, "error");
  await page.getByRole("button", { name: "Archive" }).click();
  await page
    .getByRole("region", { name: "Notices" })
    .getByText(/^Archived:/)
    .waitFor();
  await assertHarmless(page, "notice");
});

test("a text that turns the direction of writing turns nothing but itself", async (t) => {
  const { page, url, world } = await signedIn(t);
  fill(world, "\u202Eabc");
  await page.goto(`${url}/app/receipts`);
  const isolated = await page
    .locator("tbody tr")
    .first()
    .evaluate((row) =>
      [...row.querySelectorAll("bdi")].map((bdi) => [bdi.dir, getComputedStyle(bdi).unicodeBidi].join(" ")),
    );
  assert.ok(isolated.length >= 2);
  for (const style of isolated) assert.equal(style, "auto isolate");
  await page.goto(`${url}/app/intents`);
  const parts = page.locator("blockquote .isolated");
  await parts.first().waitFor();
  assert.deepEqual(await parts.evaluateAll((all) => all.map((one) => getComputedStyle(one).unicodeBidi)), [
    "isolate",
    "isolate",
    "isolate",
  ]);
});

test("a person's own words in a script that runs from the right are set from the right", async (t) => {
  const { page, url, world } = await signedIn(t);
  fill(world, HOSTILE["arabic"] ?? "");
  await page.goto(`${url}/app/intents`);
  const quote = page.locator("blockquote");
  await quote.waitFor();
  assert.equal(await quote.evaluate((element) => getComputedStyle(element).direction), "rtl");
});

test("100 kB come whole on request, and go again", async (t) => {
  const { page, url, world } = await signedIn(t);
  fill(world, HOSTILE["words"] ?? "");
  await page.goto(`${url}/app/intents`);
  const all = page.getByRole("button", { name: /^Show all \d/ }).first();
  await all.click();
  assert.ok((await page.getByRole("heading", { level: 2 }).first().innerText()).length > 90_000);
  await page.getByRole("button", { name: "Show less" }).click();
  assert.ok((await page.getByRole("heading", { level: 2 }).first().innerText()).length < 600);
});

test("an answer of another shape, or none, ends in words and never in a spinner", async (t) => {
  const { page, url, world } = await signedIn(t);
  world.receipts = [{ id: 1 }];
  await page.goto(`${url}/app/receipts`);
  await page.getByText("The server answered in a form that this page does not know.").waitFor();
  await page.route("**/api/intents?*", (route) => route.abort());
  await page.goto(`${url}/app/intents`);
  await page.getByText("The server did not answer.").waitFor();
  assert.equal(await page.getByText("Loading").count(), 0);
});
