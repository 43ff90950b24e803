import assert from "node:assert/strict";
import type { BrowserContext, Page } from "playwright-core";
import type { Bellhop } from "../bellhop.ts";
import { screenshot } from "../browser.ts";
import type { Callback } from "../clients/callback.ts";
import type { LinkMemory } from "../clients/memory-provider.ts";
import type { McpClient } from "../clients/mcp-clients.ts";

/** Signs in with the one-time code that the terminal shows, as a person would. */
export async function signIn(page: Page, bellhop: Pick<Bellhop, "codeFor">, address: string): Promise<void> {
  await page.getByLabel("Email").fill(address);
  await page.getByRole("button", { name: "Send me a code" }).click();
  await page.getByLabel("Code", { exact: true }).fill(await bellhop.codeFor(address));
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

interface Link {
  readonly bellhop: Pick<Bellhop, "url" | "codeFor">;
  readonly browser: BrowserContext;
  readonly client: McpClient;
  readonly memory: LinkMemory;
  readonly callback: Callback;
  /** Signs in on the way when given; otherwise the person is signed in already. */
  readonly address?: string;
  /** Keeps pictures under this folder. */
  readonly pictures?: string;
}

/** Opens the authorize address in the person's browser and answers the question. */
async function decide(link: Link, answer: "Allow" | "Decline"): Promise<URLSearchParams> {
  const page = await link.browser.newPage();
  await page.goto(String(link.memory.authorizeUrl));
  if (link.address) {
    if (link.pictures) await screenshot(page, link.pictures, "1-sign-in");
    await signIn(page, link.bellhop, link.address);
  }
  await page.getByRole("button", { name: answer }).waitFor();
  if (link.pictures) await screenshot(page, link.pictures, "2-consent");
  const arrived = link.callback.next();
  await page.getByRole("button", { name: answer }).click();
  const parameters = await arrived;
  // A page that is closed on its way somewhere else may never be gone.
  await page.waitForURL((url) => url.href.startsWith(link.callback.redirectUri));
  await page.close();
  return parameters;
}

/** The first call asks for a link: the client registers, the browser opens, the person allows, the client connects. */
export async function linkAccount(link: Link): Promise<void> {
  await assert.rejects(link.client.connect(), "without a link the server asks for one");
  const parameters = await decide(link, "Allow");
  assert.equal(parameters.get("state"), "state-of-this-link");
  assert.equal(parameters.get("iss"), link.bellhop.url);
  await link.client.finish(parameters);
  await link.client.connect();
}

/** The person says no; returns what the client is told. */
export async function declineLink(link: Link): Promise<URLSearchParams> {
  await assert.rejects(link.client.connect());
  return decide(link, "Decline");
}
