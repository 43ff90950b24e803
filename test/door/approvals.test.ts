import assert from "node:assert/strict";
import { sql } from "kysely";
import { AppError } from "../../src/kernel/errors.ts";
import { until } from "../bellhop.ts";
import { fileOf, verified } from "../ledger/receipts.ts";
import { type DoorHouse, eachDoor, outcomesOf, wordsOf } from "./house.ts";

const refusedWith = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

/** Runs until the approval has ended one way or another. */
const ended = (h: DoorHouse, userId: string, id: string) =>
  until("the end of the run", async () => {
    const approval = await h.approvals.find(userId, id);
    return approval.run === "queued" || approval.run === "running" ? undefined : approval;
  });

eachDoor("what asks is not run until the person approves, and then runs once as it is stored", {}, async (h) => {
  const ana = await h.person();
  const asked = await h.call(ana, "asked_note", { word: "approved" });
  const { id, kind } = h.pendingOf(asked);
  assert.equal(kind, "approval");
  await h.runner.start();
  assert.deepEqual(await wordsOf(h), []);
  assert.deepEqual(h.told, [id]);
  const { approval } = await h.decide(ana, id);
  assert.equal(approval.status, "approved");
  assert.equal((await ended(h, ana, id)).run, "completed");
  assert.deepEqual(await wordsOf(h), ["approved"]);
  assert.deepEqual(await outcomesOf(h, ana), ["asked_note asked", "asked_note ok", "decide_approval ok"]);
});

eachDoor("model-set-confirm: no argument of a call approves it", {}, async (h) => {
  const ana = await h.person();
  await h.runner.start();
  h.pendingOf(await h.call(ana, "asked_note", { word: "sneaky", confirm: true }));
  const { id } = h.pendingOf(await h.call(ana, "asked_note", { word: "sneaky", confirm: true, approved: true }));
  assert.equal((await h.approvals.find(ana, id)).status, "pending");
  assert.deepEqual(await wordsOf(h), []);
});

eachDoor("asking twice for the same is one question; after it is decided, another one", {}, async (h) => {
  const ana = await h.person();
  const ids = (await Promise.all(Array.from({ length: 5 }, () => h.call(ana, "asked_note", { word: "one" })))).map(
    (result) => h.pendingOf(result).id,
  );
  assert.equal(new Set(ids).size, 1);
  await h.decide(ana, ids[0] ?? "", "reject");
  const next = h.pendingOf(await h.call(ana, "asked_note", { word: "one" })).id;
  assert.notEqual(next, ids[0]);
});

eachDoor("of twenty decisions at once exactly one wins", {}, async (h) => {
  const ana = await h.person();
  const { id } = h.pendingOf(await h.call(ana, "asked_note", { word: "raced" }));
  const { digest } = await h.approvals.find(ana, id);
  const decisions = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) => h.decide(ana, id, index % 2 === 0 ? "approve" : "reject", digest)),
  );
  const won = decisions.filter(({ status }) => status === "fulfilled");
  assert.equal(won.length, 1);
  for (const one of decisions)
    if (one.status === "rejected") assert.ok(refusedWith("conflict")(one.reason), String(one.reason));
  const { status } = await h.approvals.find(ana, id);
  await h.runner.start();
  if (status === "approved") await ended(h, ana, id);
  assert.deepEqual(await wordsOf(h), status === "approved" ? ["raced"] : []);
});

eachDoor("replayed, foreign, altered and unknown decisions decide nothing, and leave receipts", {}, async (h) => {
  const [ana, bob] = [await h.person(), await h.person()];
  const { id } = h.pendingOf(await h.call(ana, "asked_note", { word: "mine" }));
  const { digest } = await h.approvals.find(ana, id);
  await assert.rejects(h.decide(bob, id, "approve", digest), refusedWith("not_found"));
  await assert.rejects(
    h.decide(
      ana,
      id,
      "approve",
      digest.replace(/^./, (c) => (c === "A" ? "B" : "A")),
    ),
    refusedWith("conflict"),
  );
  await assert.rejects(h.decide(ana, "nonsense", "approve", digest), refusedWith("not_found"));
  assert.equal((await h.approvals.find(ana, id)).status, "pending");
  await h.decide(ana, id, "reject");
  await assert.rejects(h.decide(ana, id, "approve", digest), refusedWith("conflict"));
  await h.runner.start();
  assert.deepEqual(await wordsOf(h), []);
  assert.deepEqual(await outcomesOf(h, bob), ["decide_approval refused not_found"]);
});

eachDoor("what nobody decides in time expires, by the time of the context", {}, async (h) => {
  const ana = await h.person();
  const { id } = h.pendingOf(await h.call(ana, "asked_note", { word: "late" }, { key: "operation-1" }));
  const { digest } = await h.approvals.find(ana, id);
  h.hand.ahead = 16 * 60_000;
  assert.equal((await h.approvals.find(ana, id)).status, "expired");
  await assert.rejects(h.decide(ana, id, "approve", digest), refusedWith("approval_expired"));
  const replayed = await h.call(ana, "asked_note", { word: "late" }, { key: "operation-1" });
  assert.equal(replayed.ok ? "ok" : replayed.error.code, "approval_expired");
  await h.sweep();
  // The same call may be sent again now, and asks anew.
  const anew = h.pendingOf(await h.call(ana, "asked_note", { word: "late" }, { key: "operation-1" }));
  assert.notEqual(anew.id, id);
});

eachDoor("what is high needs more than a click; rejecting it does not", {}, async (h) => {
  const ana = await h.person();
  const { id } = h.pendingOf(await h.call(ana, "asked_note", { word: "high" }));
  // What the tool asked for is sealed with its words: a changed column takes nothing of it away.
  await sql`update approvals set strength = 'usual'`.execute(h.database.handle);
  assert.equal((await h.approvals.find(ana, id)).strength, "fresh");
  await assert.rejects(h.decide(ana, id), refusedWith("fresh_sign_in_required"));
  assert.equal((await h.approvals.find(ana, id)).status, "pending");
  await h.decide(ana, id, "reject");
  assert.equal((await h.approvals.find(ana, id)).status, "rejected");
});

eachDoor(
  "a link that has ended voids what it asked; a paused person approves nothing until they resume",
  {},
  async (h) => {
    const ana = await h.person();
    const [one, other] = [
      h.pendingOf(await h.call(ana, "asked_note", { word: "one" })).id,
      h.pendingOf(await h.call(ana, "asked_note", { word: "other" })).id,
    ];
    h.hand.standing = "paused";
    await assert.rejects(h.decide(ana, one), refusedWith("paused"));
    assert.equal((await h.approvals.find(ana, one)).status, "pending");
    h.hand.standing = null;
    await h.decide(ana, one);
    // Ended between the decision and the run.
    h.hand.standing = new AppError("invalid_token", "The link to this account has ended.");
    await h.runner.start();
    const voided = await until("the end", async () => {
      const approval = await h.approvals.find(ana, one);
      return approval.status === "approved" ? undefined : approval;
    });
    assert.deepEqual([voided.status, voided.error?.code], ["void", "invalid_token"]);
    await assert.rejects(h.decide(ana, other), refusedWith("approval_void"));
    assert.equal((await h.approvals.find(ana, other)).status, "void");
    assert.deepEqual(await wordsOf(h), []);
  },
);

/** What a question is bound to, each changed in the database as nobody but an intruder would. */
const rebound = {
  tool: sql`update operations set tool = 'note'`,
  client: sql`update operations set client_id = 'other'`,
  end: sql`update approvals set expires_at = expires_at + interval '1 hour'`,
};

for (const [what, change] of Object.entries(rebound))
  for (const when of ["decision", "run"])
    eachDoor(`a question whose ${what} was changed in the database before its ${when} runs nothing`, {}, async (h) => {
      const ana = await h.person();
      const { id } = h.pendingOf(await h.call(ana, "asked_note", { word: "bound" }));
      if (when === "run") await h.decide(ana, id);
      await change.execute(h.database.handle);
      if (when === "decision") await assert.rejects(h.decide(ana, id), refusedWith("approval_void"));
      await h.runner.start();
      const voided = await until("the end", async () => {
        const approval = await h.approvals.find(ana, id);
        return approval.status === "void" ? approval : undefined;
      });
      assert.deepEqual([voided.error?.code, voided.run], ["approval_void", null]);
      assert.deepEqual(await wordsOf(h), []);
      const refusal = when === "run" ? `${voided.tool} refused approval_void` : "decide_approval refused approval_void";
      assert.ok((await outcomesOf(h, ana)).includes(refusal));
    });

eachDoor(
  "another client that sends the approved operation's id asks for itself, and uses up nothing",
  {},
  async (h) => {
    const ana = await h.person();
    const principal = h.principalOf(ana, { clientId: "other" });
    const mine = { key: "operation-1" };
    const others = { ...mine, principal };
    const { id } = h.pendingOf(await h.call(ana, "asked_note", { word: "mine" }, mine));
    await h.decide(ana, id);
    const before = h.pendingOf(await h.call(ana, "asked_note", { word: "mine" }, others)).id;
    assert.notEqual(before, id);
    assert.equal((await h.approvals.find(ana, id)).run, "queued");
    await h.runner.start();
    assert.equal((await ended(h, ana, id)).run, "completed");
    // The one that asked gets what came of it; the other still waits for its own decision.
    assert.ok((await h.call(ana, "asked_note", { word: "mine" }, mine)).receiptId === id);
    assert.equal(h.pendingOf(await h.call(ana, "asked_note", { word: "mine" }, others)).id, before);
    assert.deepEqual(await wordsOf(h), ["mine"]);
  },
);

eachDoor("limits that change after the question void it, before or after the decision", {}, async (h) => {
  const ana = await h.person();
  const change = (holdHours: number): Promise<unknown> =>
    h.database.transaction((handle) =>
      h.spending.setCaps(
        handle,
        ana,
        [{ asset: "COIN", perTransaction: null, rolling: { amount: "900", hours: holdHours } }],
        new Date(),
      ),
    );
  const before = h.pendingOf(await h.call(ana, "pay", { amount: "7" })).id;
  await change(1);
  await assert.rejects(h.decide(ana, before), refusedWith("approval_void"));
  const after = h.pendingOf(await h.call(ana, "pay", { amount: "8" })).id;
  await h.decide(ana, after);
  await change(2);
  await h.runner.start();
  await until("the end", async () => ((await h.approvals.find(ana, after)).status === "void" ? true : undefined));
  assert.deepEqual(h.outside.done, []);
});

eachDoor(
  "no client can fill the person's page: too many questions are refused, and others have room",
  {},
  async (h) => {
    const ana = await h.person();
    for (let index = 0; index < 10; index += 1) h.pendingOf(await h.call(ana, "asked_note", { word: `word ${index}` }));
    const result = await h.call(ana, "asked_note", { word: "one more" });
    assert.equal(result.ok ? "ok" : result.error.code, "rate_limited");
    h.pendingOf(
      await h.call(ana, "asked_note", { word: "another's" }, { principal: h.principalOf(ana, { clientId: "other" }) }),
    );
  },
);

eachDoor("what was approved and not run within an hour is asked anew", {}, async (h) => {
  const ana = await h.person();
  const { id } = h.pendingOf(await h.call(ana, "asked_note", { word: "forgotten" }));
  await h.decide(ana, id);
  h.hand.ahead = 61 * 60_000;
  await h.runner.start();
  await until("the end", async () => ((await h.approvals.find(ana, id)).status === "void" ? true : undefined));
  assert.deepEqual(await wordsOf(h), []);
});

eachDoor("a database that is gone for a moment loses nothing of what was approved", {}, async (h) => {
  const ana = await h.person();
  const { id } = h.pendingOf(await h.call(ana, "asked_note", { word: "patient" }));
  await h.decide(ana, id);
  h.hand.reachable = false;
  await h.runner.start();
  const attempts = async (): Promise<number> => {
    const { rows } = await sql<{ attempt: number }>`select attempt from tool_jobs where id = ${id}`.execute(
      h.database.handle,
    );
    return rows[0]?.attempt ?? 0;
  };
  await until("a second try", async () => ((await attempts()) >= 2 ? true : undefined));
  h.hand.reachable = true;
  assert.equal((await ended(h, ana, id)).run, "completed");
  assert.deepEqual(await wordsOf(h), ["patient"]);
});

eachDoor("the tool runs with no more than its link holds by now", {}, async (h) => {
  const ana = await h.person();
  const { id } = h.pendingOf(await h.call(ana, "asked_note", { word: "narrowed" }));
  await h.decide(ana, id);
  h.hand.standing = new AppError("insufficient_scope", "The link was narrowed.");
  await h.runner.start();
  await until("the end", async () => ((await h.approvals.find(ana, id)).status === "void" ? true : undefined));
  assert.deepEqual(await wordsOf(h), []);
});

eachDoor("what was cancelled before its first run leaves a receipt that says so", {}, async (h) => {
  const ana = await h.person();
  const { id } = h.pendingOf(await h.call(ana, "asked_note", { word: "never" }));
  await h.decide(ana, id);
  await h.database.transaction((handle) => h.jobs.cancel(handle, ana, id, new Date()));
  await h.sweep();
  assert.equal((await h.approvals.find(ana, id)).run, "cancelled");
  assert.deepEqual(await outcomesOf(h, ana), [
    "asked_note asked",
    "asked_note refused cancelled",
    "decide_approval ok",
  ]);
  assert.equal((await verified(await fileOf(h.database, ana))).ok, true);
});

eachDoor("the same question sent again is answered in the same words", {}, async (h) => {
  const ana = await h.person();
  const first = await h.call(ana, "asked_note", { word: "same" }, { key: "operation-1" });
  const again = await h.call(ana, "asked_note", { word: "same" }, { key: "operation-1" });
  assert.ok(first.ok && again.ok);
  assert.deepEqual(again.answer, first.answer);
});

eachDoor("what ended a month ago is forgotten, and its operation id stands for another call", {}, async (h) => {
  const ana = await h.person();
  assert.ok((await h.call(ana, "note", { word: "old" }, { key: "operation-1" })).ok);
  h.hand.ahead = 31 * 24 * 3_600_000;
  await h.sweep();
  assert.ok((await h.call(ana, "note", { word: "new" }, { key: "operation-1" })).ok);
  assert.deepEqual(await wordsOf(h), ["new", "old"]);
});
