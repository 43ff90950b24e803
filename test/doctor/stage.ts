import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { startApp } from "../../src/app/app.ts";
import { parseConfig } from "../../src/config/config.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { putEmptyPGlite } from "../empty-pglite.ts";
import { freePort, until } from "../bellhop.ts";
import { type PrivyApp, privyApp } from "../clients/raw-link.ts";
import { type BreakingProxy, startProxy } from "./breaking-proxy.ts";

/** A real server, whose address is that of the proxy in front of it. */
export interface Stage {
  readonly proxy: BreakingProxy;
  readonly url: string;
  readonly mcpUrl: string;
  readonly privy: PrivyApp;
  readonly dataDirectory: string;
  /** The code that the terminal showed for an address. */
  codeFor(address: string): Promise<string>;
}

/** Nothing outside this machine is asked: the shipped entries of known hosts stand for their documents. */
const noWeb = {
  fetchDocument: (): Promise<never> => Promise.reject(new AppError("unavailable", "There is no web in a test.")),
};

export async function startStage(t: TestContext, tls?: { cert: string; key: string }): Promise<Stage> {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), "bellhop-doctor-"));
  await putEmptyPGlite(join(directory, "data", "database"));
  const proxy = await startProxy(t, port, tls);
  const privy = await privyApp();
  const { config } = parseConfig({
    NODE_ENV: "test",
    PORT: String(port),
    SERVER_BASE_URL: proxy.url,
    BELLHOP_DATA_DIR: join(directory, "data"),
    BELLHOP_TRUSTED_PROXIES: "1",
    PRIVY_APP_ID: privy.appId,
    PRIVY_VERIFICATION_KEY: privy.verificationKey,
  });
  let terminal = "";
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const app = await startApp({ config, log, print: (line) => (terminal += `${line}\n`), web: noWeb });
  t.after(async () => {
    await app.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return {
    proxy,
    url: proxy.url,
    mcpUrl: `${proxy.url}/mcp`,
    privy,
    dataDirectory: config.dataDirectory,
    codeFor: (address) =>
      until(
        "the code",
        () => [...terminal.matchAll(/Mail for (\S+): [^\d\n]*(\d{6})/g)].findLast(([, to]) => to === address)?.[2],
      ),
  };
}
