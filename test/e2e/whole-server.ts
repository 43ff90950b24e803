import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type App, startApp } from "../../src/app/app.ts";
import type { AppParts } from "../../src/app/parts.ts";
import { parseConfig } from "../../src/config/config.ts";
import { setClock } from "../accounts/server.ts";
import { freePort, preparedData } from "../bellhop.ts";
import { startMailPeer } from "../mail-peer.ts";
import { startPushPeer } from "../push-peer.ts";

/** What a test sets beside the settings. */
interface Options extends Pick<AppParts, "toolsets"> {
  readonly settings?: Readonly<Record<string, string>>;
}

/** The whole server, with a clock, a mail server and a push service of the test's own. */
export async function startWhole(t: TestContext, { settings = {}, toolsets = [] }: Options = {}) {
  // What is registered first ends first: the server, before its mail server and its directory go.
  const running: App[] = [];
  t.after(() => Promise.all(running.map((app) => app.close())));
  const [peer, pushes, port] = [await startMailPeer(t), await startPushPeer(t), await freePort()];
  const { config } = parseConfig({
    PORT: String(port),
    BELLHOP_DATA_DIR: await preparedData(t),
    SMTP_URL: peer.url,
    MAIL_FROM: "Bellhop <hello@bellhop.example>",
    ...settings,
  });
  const clock = setClock(new Date());
  const faults: unknown[] = [];
  const log = { info: () => undefined, warn: () => undefined, error: (facts: unknown) => faults.push(facts) };
  const app = await startApp({ config, log, print: () => undefined, clock, webSender: pushes.web, toolsets });
  running.push(app);
  t.after(() => assert.deepEqual(faults, []));
  return { address: app.baseUrl, baseUrl: app.baseUrl, dataDirectory: app.dataDirectory, peer, pushes, clock };
}
