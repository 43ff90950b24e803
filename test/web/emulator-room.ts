import assert from "node:assert/strict";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { BrowserContextOptions, FrameLocator, Page } from "playwright-core";
import { type Bellhop, startBellhop } from "../bellhop.ts";
import { openBrowser } from "../browser.ts";
import { signIn } from "../e2e/person.ts";

const PICTURES = join(import.meta.dirname, "..", "..", "test-output", "emulator");

/** A page at a desk, tall enough for the whole of a widget. */
const desk: BrowserContextOptions = { viewport: { width: 1440, height: 1100 } };

const usual: BrowserContextOptions = {
  locale: "en-GB",
  timezoneId: "UTC",
  colorScheme: "light",
  reducedMotion: "reduce",
};

/** The window as it stands: a picture of the whole page would change the widget's room. */
export const picture = (page: Page, name: string) => page.screenshot({ path: join(PICTURES, `${name}.png`) });

/** What a page or a widget complains of fails the test, but for what the test itself brings about. */
function watch(t: TestContext, page: Page): void {
  const wrongs: string[] = [];
  page.on("pageerror", (error) => wrongs.push(error.message));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !text.startsWith("Failed to load resource") && !text.includes("attacker.example"))
      wrongs.push(text);
  });
  t.after(() => assert.deepEqual(wrongs, []));
}

/** A person at a real server. */
export interface Person {
  readonly bellhop: Bellhop;
  /** Opens another page of theirs; what goes wrong in it fails the test. It is closed when the test ends. */
  open(t: TestContext, path?: string, device?: BrowserContextOptions): Promise<Page>;
}

/** Somebody who signs in on the way to the emulator. */
export async function person(t: TestContext): Promise<Person> {
  const bellhop = await startBellhop(t);
  const browser = (await openBrowser(t)).browser();
  assert.ok(browser);
  const contextOf = (device: BrowserContextOptions) => browser.newContext({ ...usual, ...device });
  const first = await contextOf(desk);
  const page = await first.newPage();
  await page.goto(`${bellhop.url}/app/emulator`);
  await signIn(page, bellhop, "ana@example.com");
  await page.getByRole("heading", { name: "Emulator" }).waitFor();
  const storageState = await first.storageState();
  await first.close();
  return {
    bellhop,
    async open(own, path = "/app/emulator", device = desk) {
      const context = await contextOf({ ...device, storageState });
      own.after(() => context.close());
      context.setDefaultTimeout(15_000);
      const opened = await context.newPage();
      watch(own, opened);
      await opened.goto(`${bellhop.url}${path}`);
      return opened;
    },
  };
}

/** The widget's own page, two frames down. */
export const widgetOf = (page: Page): FrameLocator =>
  page.locator(".widget-place > iframe").contentFrame().locator("iframe").contentFrame();

/** The input of a choice lies under its words. */
export const choose = (page: Page, name: string) =>
  page.getByRole("radio", { name, exact: true }).check({ force: true });

/** Calls the tool that is open. */
export const call = (page: Page) => page.getByRole("button", { name: /^Call( again)?$/ }).click();

/** What was said, in a few words each, in order. */
export const messageTitles = (page: Page) => page.locator(".message-title").allInnerTexts();

/** Opens what can go wrong on purpose. */
export const goWrong = (page: Page) => page.getByText("When things go wrong, and more").click();
