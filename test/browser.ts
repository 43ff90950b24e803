import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type Browser, type BrowserContext, type CDPSession, type Page, chromium } from "playwright-core";

const SCREENSHOTS = join(import.meta.dirname, "..", "test-output");

// Chromium must neither look for its maker's servers nor need a display or a sandbox of its own.
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How much of a browser: the shell shows no notices, and takes half the time. */
type Extent = "shell" | "whole";

function chromiumPath(extent: Extent): string {
  const shell = extent === "shell" ? process.env["CHROMIUM_SHELL_PATH"] : undefined;
  const path = shell || process.env["CHROMIUM_PATH"];
  if (!path) throw new Error("CHROMIUM_PATH is not set: run the tests with `npm test`, which finds Chromium.");
  return path;
}

/** A browser; whoever asks for it closes it. */
export const launchBrowser = (extent: Extent = "shell"): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath(extent), args: ARGUMENTS });

/** A person's browser, with nothing remembered; it is closed when the test ends. */
export async function openBrowser(t: TestContext): Promise<BrowserContext> {
  const browser = await launchBrowser();
  t.after(() => browser.close());
  return browser.newContext({ viewport: { width: 1100, height: 800 } });
}

/** A device of a page that makes passkeys. */
export interface PasskeyDevice {
  /** What Chrome's WebAuthn domain is asked through, beside its `authenticatorId`. */
  readonly devtools: CDPSession;
  readonly authenticatorId: string;
  /** Sets whether the person agrees from now on. */
  setAgrees(agrees: boolean): Promise<void>;
}

/** Gives the page a device that makes passkeys (WebAuthn §11, Chrome DevTools Protocol), whose person agrees at once. */
export async function addPasskeyDevice(page: Page): Promise<PasskeyDevice> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const setAgrees = async (agrees: boolean): Promise<void> => {
    await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: agrees });
  };
  return { devtools, authenticatorId, setAgrees };
}

/** Keeps a picture as test output: of the whole page, or, of pages many windows long, of what a reader sees first. */
export async function screenshot(page: Page, folder: string, name: string, fullPage = true): Promise<void> {
  mkdirSync(join(SCREENSHOTS, folder), { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, folder, `${name}.png`), fullPage, scale: "css" });
}
