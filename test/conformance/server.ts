import { type App, startApp } from "../../src/app/app.ts";
import { parseConfig } from "../../src/config/config.ts";
import { freePort } from "../bellhop.ts";
import type { PrivyApp } from "../clients/raw-link.ts";
import { conformanceToolset } from "./fixtures/toolset.ts";

/**
 * Starts the real server, with its authentication and its guards, on a fresh directory; what the scenarios call by name
 * is one toolset more.
 * @param privy links an account without a browser.
 */
export async function startServer(dataDirectory: string, privy: PrivyApp): Promise<App> {
  const { config } = parseConfig({
    PORT: String(await freePort()),
    BELLHOP_DATA_DIR: dataDirectory,
    PRIVY_APP_ID: privy.appId,
    PRIVY_VERIFICATION_KEY: privy.verificationKey,
  });
  const log = { info: () => undefined, warn: () => undefined, error: console.error };
  return startApp({ config, log, print: () => undefined, toolsets: [conformanceToolset()] });
}
