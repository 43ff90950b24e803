import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import * as z from "zod";
import { type Bellhop, freePort, startBellhop, until } from "../bellhop.ts";
import { type EventReader, readEvents } from "../clients/events.ts";
import { linkPerson } from "../clients/linked-person.ts";
import { rawCall } from "../clients/raw-call.ts";
import { privyApp } from "../clients/raw-link.ts";
import { freshPostgres } from "../database.ts";

const ITEMS = ["travel-lisbon", "invoice-2041", "access-analytics", "order-chairs"];
/** Between the decision and the end of the run, and what consoles are told of either. */
const MOST_MS = 1_000;

const receiptsSchema = z.object({
  receipts: z.array(z.object({ id: z.string(), outcome: z.string(), startedAt: z.string(), latencyMs: z.number() })),
});

/** Two processes on one database, of which one runs no job, and a person who is signed in at both. */
async function start(t: TestContext) {
  const app = await privyApp();
  const baseUrl = `http://localhost:${await freePort()}`;
  const shared = {
    DATABASE_URL: await freshPostgres(t),
    BELLHOP_SECRET: "one secret for both processes, long enough",
    SERVER_BASE_URL: baseUrl,
    PRIVY_APP_ID: app.appId,
    PRIVY_VERIFICATION_KEY: app.verificationKey,
  };
  // One takes the decisions and runs nothing; the other runs.
  const [deciding, running] = await Promise.all([
    startBellhop(t, { environment: { ...shared, BELLHOP_JOBS_AT_ONCE: "0" } }),
    startBellhop(t, { environment: shared }),
  ]);
  const ana = await linkPerson(deciding, baseUrl, app, "ana");
  async function watch({ url }: Bellhop, last?: string): Promise<EventReader> {
    const stream = await readEvents(url, ana.cookie, last);
    t.after(() => stream.close());
    return stream;
  }
  return { deciding, running, ana, watch };
}

/** What a stream has told of a kind, with all of these parts in it. */
const toldOf = ({ seen }: EventReader, kind: string, ...parts: readonly string[]) =>
  seen.filter((one) => one.kind === kind && parts.every((part) => one.data.includes(part)));

/** A worker or a console that the machine kept waiting once is none that waits for its next look, which is seconds away. */
function assertSoon(t: TestContext, what: string, waits: readonly number[]): void {
  t.diagnostic(`from decision to ${what}: ${waits.join(", ")} ms`);
  const [, , third = Infinity] = waits.toSorted((a, b) => a - b);
  assert.ok(third <= MOST_MS, `${what}: three of four have to come within ${MOST_MS} ms, not within ${third}`);
}

test("what is decided at one process runs at the other within a second, and a console at either shows it", async (t) => {
  const { deciding, running, ana, watch } = await start(t);
  const streams = [await watch(deciding), await watch(running)];

  /** Waits until a console at either has been told. @returns when each was. */
  const told = (what: string, kind: string, ...parts: readonly string[]): Promise<readonly number[]> =>
    Promise.all(
      streams.map((stream, index) =>
        until(`console ${index} to be told ${what}`, () => toldOf(stream, kind, ...parts)[0]?.at),
      ),
    );

  /** When the run began and when it had ended, by the server's own receipt of it. */
  async function runOf(at: Bellhop, id: string): Promise<{ readonly began: number; readonly ended: number }> {
    const headers = { authorization: `Bearer ${ana.accessToken}` };
    const { receipts } = receiptsSchema.parse(await (await fetch(`${at.url}/receipts`, { headers })).json());
    const receipt = receipts.find((one) => one.id === id);
    assert.equal(receipt?.outcome, "ok");
    const began = Date.parse(receipt?.startedAt ?? "");
    return { began, ended: began + (receipt?.latencyMs ?? 0) };
  }

  const ends: number[] = [];
  const shows: Record<"decision" | "end", number[][]> = { decision: [], end: [] };
  for (const [index, itemId] of ITEMS.entries()) {
    const asking = index % 2 === 0 ? running : deciding;
    const call = { mcpUrl: asking.mcpUrl, accessToken: ana.accessToken, operationId: `operation-${index}` };
    const asked = await rawCall({ ...call, name: "delete-items", input: { itemIds: [itemId] } });
    const id = asked.pending?.id ?? assert.fail("it has to wait for the person");
    await told("that it waits", "approval", id, '"status":"pending"');
    assert.equal((await ana.decide(deciding, id, "approve")).status, 200);
    const decision = await told("of the decision", "approval", id, '"status":"approved"');
    const end = await told("that it is done", "approval", id, '"run":"completed"');
    await told("of its job", "job", id, '"status":"completed"');
    await told("of its receipt", "receipt", id, '"outcome":"ok"');
    const decided = Date.parse((await ana.approval(running, id)).decidedAt ?? "");
    const { began, ended } = await runOf(deciding, id);
    assert.ok(began >= decided, "nothing runs before the decision");
    ends.push(ended - decided);
    shows.decision.push(decision.map((at) => at - decided));
    shows.end.push(end.map((at) => at - decided));
  }
  assertSoon(t, "the end of the run", ends);
  for (const [console, name] of ["the console where it was decided", "the other console"].entries()) {
    for (const what of ["decision", "end"] as const)
      assertSoon(
        t,
        `the ${what} in ${name}`,
        shows[what].map((waits) => waits[console] ?? Infinity),
      );
  }
});

test("a console whose process is gone goes on at the other, and is told once of each thing that it missed", async (t) => {
  const { deciding, running, ana, watch } = await start(t);
  const call = (at: Bellhop, name: string, input: unknown) =>
    rawCall({ mcpUrl: at.mcpUrl, accessToken: ana.accessToken, name, input });
  const first = await watch(deciding);
  const before = await call(running, "echo", { text: "before" });
  const last = await until("the first receipt", () => toldOf(first, "receipt", before.receiptId)[0]?.id);
  first.close();

  const [echoed, read] = [await call(deciding, "echo", { text: "missed" }), await call(running, "get-items", {})];
  const asked = await call(deciding, "delete-items", { itemIds: ITEMS.slice(0, 1) });
  const id = asked.pending?.id ?? assert.fail("it has to wait for the person");
  assert.equal((await ana.decide(deciding, id, "approve")).status, 200);
  await until("the run", async () => ((await ana.approval(deciding, id)).run === "completed" ? true : undefined));
  await deciding.kill();

  const [goingOn, anew] = [await watch(running, last), await watch(running)];
  const things = [
    ["receipt", echoed.receiptId, '"outcome":"ok"'],
    ["receipt", read.receiptId, '"outcome":"ok"'],
    ["approval", id, '"run":"completed"'],
    ["job", id, '"status":"completed"'],
  ] as const;
  const counts = (stream: EventReader): readonly number[] =>
    things.map(([kind, ...parts]) => toldOf(stream, kind, ...parts).length);
  await until("what it missed", () => (counts(goingOn).includes(0) ? undefined : true));
  const after = await call(running, "echo", { text: "after" });
  for (const stream of [goingOn, anew])
    await until("what happens now", () => toldOf(stream, "receipt", after.receiptId)[0]);
  assert.deepEqual(counts(goingOn), [1, 1, 1, 1]);
  assert.deepEqual(counts(anew), [0, 0, 0, 0], "who names no last event is told only what happens now");
  // The receipt of a job is found by its beginning and by its job's end: it may come twice, and is the same.
  assert.equal(new Set(toldOf(goingOn, "receipt", id, '"outcome":"ok"').map(({ data }) => data)).size, 1);
});
