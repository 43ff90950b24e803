import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type TestContext, after } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { type WebParts, createWebChannel } from "../../src/channels/web/web-channel.ts";
import { errorResponse } from "../../src/http/errors.ts";
import { createRoutes } from "../../src/http/router.ts";
import { listen } from "../../src/http/server.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { freePort } from "../bellhop.ts";
import { launchBrowser } from "../browser.ts";
import { contractRoutes } from "./contract.ts";
import { type World, newWorld } from "./world.ts";

/** The built pages, as the build leaves them. */
export const consoleDirectory = join(import.meta.dirname, "..", "..", "dist", "console");

const docsDirectory = join(import.meta.dirname, "..", "..", "docs");

/** A served web channel. */
export interface Served {
  readonly url: string;
  readonly world: World;
}

/** Serves the pages over real HTTP beside an API that speaks their contract. */
export async function serve(t: TestContext, more: Partial<WebParts> = {}): Promise<Served> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const world = newWorld();
  const routes = createRoutes();
  routes.use(async (c, next) => {
    c.set("requestId", randomUUID());
    await next();
  });
  const parts: WebParts = {
    baseUrl: url,
    mcpUrl: `${url}/mcp`,
    consoleDirectory,
    docsDirectory,
    followsFiles: false,
    version: "0.1.0",
    mailbox: null,
    ...more,
  };
  routes.route("/", createWebChannel(parts));
  routes.route("/", contractRoutes(world, url));
  routes.notFound((c) => errorResponse(c, new AppError("not_found", "There is nothing at this address.")));
  const server = await listen(routes, "127.0.0.1", port);
  t.after(() => server.close(0));
  return { url, world };
}

/** Notes what a page must never do, each in a line of words: errors of its own, broken policies, other servers asked. */
export function watch(page: Page, url: string, wrongs: string[]): void {
  page.on("pageerror", (error) => wrongs.push(`threw ${error.message}`));
  page.on("console", (message) => {
    // The browser notes every answer that is an error; the pages' own errors and broken policies are what counts.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      wrongs.push(message.text());
  });
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    const left = request.isNavigationRequest() && request.frame() === page.mainFrame();
    if (protocol.startsWith("http") && origin !== url && !left) wrongs.push(`asked ${request.url()}`);
  });
}

/** A person at the pages. */
export interface Visit extends Served {
  readonly page: Page;
  /** What the pages should not have done so far; a test that causes it on purpose takes it out. */
  readonly wrongs: string[];
}

/** One browser for all tests of a file; each visit has windows of its own with nothing remembered. */
let running: ReturnType<typeof launchBrowser> | undefined;
after(async () => (await running)?.close());

/**
 * Opens a person's browser at the served pages, in English and UTC. When the test ends, the pages must have broken no
 * policy, thrown nothing and asked nobody else.
 */
export async function visit(
  t: TestContext,
  options: BrowserContextOptions = {},
  parts: Partial<WebParts> = {},
): Promise<Visit> {
  const served = await serve(t, parts);
  running ??= launchBrowser(options.permissions?.includes("notifications") ? "whole" : "shell");
  const context = await (
    await running
  ).newContext({
    viewport: { width: 1100, height: 800 },
    locale: "en-GB",
    timezoneId: "UTC",
    colorScheme: "light",
    reducedMotion: "reduce",
    ...options,
  });
  context.setDefaultTimeout(15_000);
  t.after(() => context.close());
  const wrongs: string[] = [];
  context.on("page", (page) => watch(page, served.url, wrongs));
  t.after(() => assert.deepEqual(wrongs, []));
  return { ...served, page: await context.newPage(), wrongs };
}

/** A phone, as the pages see one. */
export const phone: BrowserContextOptions = { viewport: { width: 375, height: 720 }, deviceScaleFactor: 2 };

/** Keeps a picture of the window alone, for what lies over the page. */
export const pictureOfWindow = (page: Page, name: string) =>
  page.screenshot({ path: join(import.meta.dirname, "..", "..", "test-output", "web", `${name}.png`) });

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface AxeFinding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** Asserts that axe finds nothing serious on the page as it stands. */
export async function assertAccessible(page: Page): Promise<void> {
  await page.evaluate(axeSource);
  const found = await page.evaluate<readonly AxeFinding[]>("axe.run().then(({ violations }) => violations)");
  const serious = found.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(
    serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
    [],
  );
}

/** Waits until no part of the page is still loading. */
export async function untilLoaded(page: Page): Promise<void> {
  await page.waitForFunction(() => !/\bLoading\b/.test(document.body.textContent));
}

/** Asserts that the page is not wider than its window. */
export async function assertFits(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok((content ?? 0) <= (window ?? 0), `the page is ${content} px wide in a window of ${window} px`);
}
