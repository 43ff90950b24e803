import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { sql } from "kysely";
import type { Database } from "../../src/database/handle.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { until } from "../bellhop.ts";
import { eachEngine } from "../database.ts";
import { fixtureToolset, newOutside, notesTable } from "./fixture.ts";
import { allTables, type DoorHouse, openDoorHouse } from "./house.ts";

const tables = [...allTables, notesTable];

async function house(t: TestContext, database: Database, more: Partial<Parameters<typeof openDoorHouse>[1]> = {}) {
  const outside = newOutside();
  const h = await openDoorHouse(database, { toolsets: [fixtureToolset(outside)], ...more });
  t.after(() => assert.deepEqual(h.problems, []));
  return { ...h, outside };
}

const words = async ({ database }: Pick<DoorHouse, "database">): Promise<readonly string[]> =>
  (await sql<{ word: string }>`select word from notes order by word`.execute(database.handle)).rows.map((row) => row.word);

const outcomes = async ({ receipts }: Pick<DoorHouse, "receipts">, userId: string): Promise<readonly string[]> =>
  (await receipts.page({ userId, limit: 100 })).receipts
    .map(({ tool, outcome, code }) => [tool, outcome, code].filter(Boolean).join(" "))
    .toSorted();

const refusedWith = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

/** Runs until the approval has ended one way or another. */
const ended = (h: DoorHouse, userId: string, id: string) =>
  until("the end of the run", async () => {
    const approval = await h.approvals.find(userId, id);
    return approval.run === "queued" || approval.run === "running" ? undefined : approval;
  });

eachEngine("what asks is not run until the person approves, and then runs once as it is stored", tables, async (t, database) => {
  const h = await house(t, database);
  const ana = await h.person();
  const asked = await h.call(ana, "asked_note", { word: "approved" });
  const { id, kind } = h.pendingOf(asked);
  assert.equal(kind, "approval");
  await h.runner.start();
  assert.deepEqual(await words(h), []);
  assert.deepEqual(h.told, [id]);
  const { approval } = await h.decide(ana, id);
  assert.equal(approval.status, "approved");
  assert.equal((await ended(h, ana, id)).run, "completed");
  assert.deepEqual(await words(h), ["approved"]);
  assert.deepEqual(await outcomes(h, ana), ["asked_note asked", "asked_note ok", "decide_approval ok"]);
  await h.close();
});

eachEngine("model-set-confirm: no argument of a call approves it", tables, async (t, database) => {
  const h = await house(t, database);
  const ana = await h.person();
  await h.runner.start();
  h.pendingOf(await h.call(ana, "asked_note", { word: "sneaky", confirm: true }));
  const { id } = h.pendingOf(await h.call(ana, "asked_note", { word: "sneaky", confirm: true, approved: true }));
  assert.equal((await h.approvals.find(ana, id)).status, "pending");
  assert.deepEqual(await words(h), []);
  await h.close();
});

eachEngine("asking twice for the same is one question; after it is decided, another one", tables, async (t, database) => {
  const h = await house(t, database);
  const ana = await h.person();
  const ids = (await Promise.all(Array.from({ length: 5 }, () => h.call(ana, "asked_note", { word: "one" })))).map(
    (result) => h.pendingOf(result).id,
  );
  assert.equal(new Set(ids).size, 1);
  await h.decide(ana, ids[0] ?? "", "reject");
  const next = h.pendingOf(await h.call(ana, "asked_note", { word: "one" })).id;
  assert.notEqual(next, ids[0]);
  await h.close();
});

eachEngine("of twenty decisions at once exactly one wins", tables, async (t, database) => {
  const h = await house(t, database);
  const ana = await h.person();
  const { id } = h.pendingOf(await h.call(ana, "asked_note", { word: "raced" }));
  const { digest } = await h.approvals.find(ana, id);
  const decisions = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) => h.decide(ana, id, index % 2 === 0 ? "approve" : "reject", digest)),
  );
  const won = decisions.filter(({ status }) => status === "fulfilled");
  assert.equal(won.length, 1);
  for (const one of decisions) if (one.status === "rejected") assert.ok(refusedWith("conflict")(one.reason), String(one.reason));
  const { status } = await h.approvals.find(ana, id);
  await h.runner.start();
  if (status === "approved") await ended(h, ana, id);
  assert.deepEqual(await words(h), status === "approved" ? ["raced"] : []);
  await h.close();
});

eachEngine("replayed, foreign, altered and unknown decisions decide nothing, and leave receipts", tables, async (t, database) => {
  const h = await house(t, database);
  const [ana, bob] = [await h.person(), await h.person()];
  const { id } = h.pendingOf(await h.call(ana, "asked_note", { word: "mine" }));
  const { digest } = await h.approvals.find(ana, id);
  await assert.rejects(h.decide(bob, id, "approve", digest), refusedWith("not_found"));
  await assert.rejects(h.decide(ana, id, "approve", digest.replace(/^./, (c) => (c === "A" ? "B" : "A"))), refusedWith("conflict"));
  await assert.rejects(h.decide(ana, "nonsense", "approve", digest), refusedWith("not_found"));
  assert.equal((await h.approvals.find(ana, id)).status, "pending");
  await h.decide(ana, id, "reject");
  await assert.rejects(h.decide(ana, id, "approve", digest), refusedWith("conflict"));
  await h.runner.start();
  assert.deepEqual(await words(h), []);
  assert.deepEqual(await outcomes(h, bob), ["decide_approval refused not_found"]);
  await h.close();
});

eachEngine("what nobody decides in time expires, by the time of the context", tables, async (t, database) => {
  let now = new Date();
  const h = await house(t, database, { now: () => now });
  const ana = await h.person();
  const { id } = h.pendingOf(await h.call(ana, "asked_note", { word: "late" }, { key: "operation-1" }));
  const { digest } = await h.approvals.find(ana, id);
  now = new Date(now.getTime() + 16 * 60_000);
  assert.equal((await h.approvals.find(ana, id)).status, "expired");
  await assert.rejects(h.decide(ana, id, "approve", digest), refusedWith("approval_expired"));
  const replayed = await h.call(ana, "asked_note", { word: "late" }, { key: "operation-1" });
  assert.equal(replayed.ok ? "ok" : replayed.error.code, "approval_expired");
  await h.sweep();
  // The same call may be sent again now, and asks anew.
  const anew = h.pendingOf(await h.call(ana, "asked_note", { word: "late" }, { key: "operation-1" }));
  assert.notEqual(anew.id, id);
  await h.close();
});

eachEngine("what is high needs more than a click; rejecting it does not", tables, async (t, database) => {
  const h = await house(t, database);
  const ana = await h.person();
  const { id } = h.pendingOf(await h.call(ana, "asked_note", { word: "high" }));
  assert.equal((await h.approvals.find(ana, id)).strength, "fresh");
  await assert.rejects(h.decide(ana, id), refusedWith("fresh_sign_in_required"));
  assert.equal((await h.approvals.find(ana, id)).status, "pending");
  await h.decide(ana, id, "reject");
  assert.equal((await h.approvals.find(ana, id)).status, "rejected");
  await h.close();
});

eachEngine("a link that has ended voids what it asked; a paused person approves nothing until they resume", tables, async (t, database) => {
  let standing: AppError | "paused" | null = null;
  const h = await house(t, database, {
    readmit: async (principal) => {
      if (standing instanceof AppError) throw standing;
      return { ...principal, paused: standing === "paused" };
    },
  });
  const ana = await h.person();
  const [one, other] = [
    h.pendingOf(await h.call(ana, "asked_note", { word: "one" })).id,
    h.pendingOf(await h.call(ana, "asked_note", { word: "other" })).id,
  ];
  standing = "paused";
  await assert.rejects(h.decide(ana, one), refusedWith("paused"));
  assert.equal((await h.approvals.find(ana, one)).status, "pending");
  standing = null;
  await h.decide(ana, one);
  // Ended between the decision and the run.
  standing = new AppError("invalid_token", "The link to this account has ended.");
  await h.runner.start();
  const voided = await until("the end", async () => {
    const approval = await h.approvals.find(ana, one);
    return approval.status === "approved" ? undefined : approval;
  });
  assert.deepEqual([voided.status, voided.error?.code], ["void", "invalid_token"]);
  await assert.rejects(h.decide(ana, other), refusedWith("approval_void"));
  assert.equal((await h.approvals.find(ana, other)).status, "void");
  assert.deepEqual(await words(h), []);
  await h.close();
});

eachEngine("limits that change after the question void it, before or after the decision", tables, async (t, database) => {
  const h = await house(t, database);
  const ana = await h.person();
  const change = (): Promise<unknown> =>
    database.transaction((handle) => h.spending.setRecipientsOnly(handle, ana, false, new Date()));
  const before = h.pendingOf(await h.call(ana, "pay", { amount: "7" })).id;
  await change();
  await assert.rejects(h.decide(ana, before), refusedWith("approval_void"));
  const after = h.pendingOf(await h.call(ana, "pay", { amount: "8" })).id;
  await h.decide(ana, after);
  await change();
  await h.runner.start();
  await until("the end", async () => ((await h.approvals.find(ana, after)).status === "void" ? true : undefined));
  assert.deepEqual(h.outside.done, []);
  await h.close();
});

eachEngine("a model cannot fill the person's page: too many questions are refused", tables, async (t, database) => {
  const h = await house(t, database);
  const ana = await h.person();
  for (let index = 0; index < 20; index += 1) h.pendingOf(await h.call(ana, "asked_note", { word: `word ${index}` }));
  const result = await h.call(ana, "asked_note", { word: "one more" });
  assert.equal(result.ok ? "ok" : result.error.code, "rate_limited");
  await h.close();
});
