import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type Bellhop, startBellhop, until } from "../bellhop.ts";
import { privyApp } from "../clients/raw-link.ts";
import { type Engine, engines, freshPostgres } from "../database.ts";
import { callFor, linkPeople } from "./callers.ts";
import { countReceipts } from "./count-receipts.ts";

/** How long the load lasts on each database; `npm run soak` takes five minutes. */
const SECONDS = Number(process.env["LOAD_SECONDS"] ?? 30);
const CALLERS = 50;
/** Before the first figure, so that code is compiled and caches are full. */
const WARM_UP_SECONDS = Math.max(5, SECONDS / 10);
/** The last fifth, which is the last minute of five, is set against the first. */
const PART = SECONDS / 5;
const MOST_GROWTH = 1.1;

const RESIDENT = /resident (\d+)/g;
const told = (bellhop: Bellhop): readonly number[] =>
  [...bellhop.terminal().matchAll(RESIDENT)].map((match) => Number(match[1]));

/** What the server holds after a collection, in bytes. */
async function resident(bellhop: Bellhop): Promise<number> {
  const before = told(bellhop).length;
  bellhop.signal("SIGUSR2");
  return until("the server to say what it holds", () => told(bellhop)[before]);
}

/** The middle of what the server holds over a while, five times after a collection. */
async function residentOver(bellhop: Bellhop, seconds: number): Promise<number> {
  const seen: number[] = [];
  for (let time = 0; time < 5; time += 1) {
    seen.push(await resident(bellhop));
    await pause((seconds * 1000) / 5);
  }
  return seen.toSorted((a, b) => a - b)[2] ?? Infinity;
}

async function underLoad(t: TestContext, engine: Engine): Promise<void> {
  const app = await privyApp();
  const url = engine === "postgres" ? await freshPostgres(t) : undefined;
  const bellhop = await startBellhop(t, {
    program: join(import.meta.dirname, "server.ts"),
    environment: {
      PRIVY_APP_ID: app.appId,
      PRIVY_VERIFICATION_KEY: app.verificationKey,
      // Every call is counted as ever, and nobody comes near the limit.
      BELLHOP_CALLS_PER_MINUTE: "100000000",
      ...(url === undefined ? {} : { DATABASE_URL: url }),
    },
  });
  const plan = { mcpUrl: bellhop.mcpUrl, tokens: await linkPeople(bellhop.url, app), callers: CALLERS };
  const warmUp = await callFor({ ...plan, seconds: WARM_UP_SECONDS });
  const calling = callFor({ ...plan, seconds: SECONDS });
  const first = await residentOver(bellhop, PART);
  await pause((SECONDS - 2 * PART) * 1000);
  const last = await residentOver(bellhop, PART);
  const met = await calling;

  assert.deepEqual([...warmUp.errors, ...met.errors], []);
  assert.doesNotMatch(bellhop.terminal(), /"level":(?:50|60)/, "the log tells of no error");
  assert.ok(met.calls > SECONDS * 20 && met.writes > 0, `only ${met.calls} calls`);
  await bellhop.kill();
  const answered = warmUp.calls + met.calls;
  assert.equal(
    await countReceipts(bellhop.dataDirectory, url),
    answered,
    "each answer has its receipt, also after kill -9",
  );
  const inMb = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;
  t.diagnostic(
    `${Math.round(met.calls / SECONDS)} calls/s, ${met.writes} of ${met.calls} writes; resident ${inMb(first)}, then ${inMb(last)} (${(last / first).toFixed(2)})`,
  );
  assert.ok(last <= MOST_GROWTH * first, `held ${inMb(first)} in the first part and ${inMb(last)} in the last`);
}

for (const engine of engines) {
  test(`${CALLERS} callers for ${SECONDS} s, with limits and receipts: no error, and no memory that grows (${engine})`, (t) =>
    underLoad(t, engine));
}
