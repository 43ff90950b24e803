import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { inspect } from "node:util";
import { type App, startApp } from "../../src/app/app.ts";
import type { AppParts } from "../../src/app/parts.ts";
import { parseConfig } from "../../src/config/config.ts";
import { setClock } from "../accounts/server.ts";
import { freePort, preparedData } from "../bellhop.ts";
import { startMailPeer } from "../mail-peer.ts";
import { startPushPeer } from "../push-peer.ts";

/** What a test sets beside the settings. */
interface Options extends Pick<AppParts, "toolsets" | "backoff" | "door"> {
  readonly settings?: Readonly<Record<string, string>>;
  /** What the test lets go wrong, as the server's log says it. */
  readonly foreseen?: RegExp;
}

/** The whole server, with a clock, a mail server and a push service of the test's own. */
export async function startWhole(
  t: TestContext,
  { settings = {}, toolsets = [], backoff, door, foreseen }: Options = {},
) {
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
  const isForeseen = (facts: unknown): boolean => foreseen?.test(inspect(facts)) ?? false;
  const app = await startApp({
    config,
    log,
    print: () => undefined,
    clock,
    webSender: pushes.web,
    toolsets,
    ...(backoff && { backoff }),
    ...(door && { door }),
  });
  running.push(app);
  t.after(() =>
    assert.deepEqual(
      faults.filter((facts) => !isForeseen(facts)),
      [],
    ),
  );
  return { address: app.baseUrl, baseUrl: app.baseUrl, dataDirectory: app.dataDirectory, peer, pushes, clock };
}
