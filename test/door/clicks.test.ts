import assert from "node:assert/strict";
import { AppError } from "../../src/kernel/errors.ts";
import { uuidv7 } from "../../src/kernel/ids.ts";
import { type DoorHouse, eachDoor } from "./house.ts";

const HOUR_MS = 3_600_000;
const more = (error: unknown) => error instanceof AppError && error.code === "fresh_sign_in_required";

/** Has an assistant ask to pay, and returns the question's id. */
const pay = async (h: DoorHouse, userId: string, amount: string) =>
  h.pendingOf(await h.call(userId, "pay", { amount, to: uuidv7(new Date()) })).id;
const note = async (h: DoorHouse, userId: string) =>
  h.pendingOf(await h.call(userId, "asked_note", { word: uuidv7(new Date()) })).id;

/** Approves with a passkey where a click is not enough; says whether it was asked. */
async function approve(h: DoorHouse, userId: string, id: string): Promise<boolean> {
  let asked = false;
  const { digest } = await h.approvals.find(userId, id);
  await h.approvals.decide({
    principal: h.principalOf(userId, { clientId: "console", clientName: "Console", channel: "web" }),
    requestId: uuidv7(new Date()),
    id,
    decision: "approve",
    digest,
    prove: async (proven) => {
      assert.equal(proven, digest);
      asked = true;
      return "passkey";
    },
  });
  return asked;
}

eachDoor("many small payments are a large one: clicks of a day add up, and a proof begins anew", {}, async (h) => {
  const ana = await h.person();
  await h.decide(ana, await pay(h, ana, "60"));
  const second = await pay(h, ana, "41");
  assert.equal((await h.approvals.find(ana, second)).strength, "fresh", "the card says so before");
  await assert.rejects(h.decide(ana, second), more);
  assert.equal((await h.approvals.find(ana, second)).status, "pending", "nothing was decided");
  await h.decide(ana, await pay(h, ana, "40"));
  await assert.rejects(h.decide(ana, await pay(h, ana, "1")), more);
  assert.equal(await approve(h, ana, second), true);
  await h.decide(ana, await pay(h, ana, "99"));
  await assert.rejects(h.decide(ana, await pay(h, ana, "2")), more);
  // After a day none of them counts.
  h.hand.ahead = 24 * HOUR_MS + 1000;
  await h.decide(ana, await pay(h, ana, "99"));
});

eachDoor("asked all at once and approved all at once, they add up too", {}, async (h) => {
  const ana = await h.person();
  const ids: string[] = [];
  for (let index = 0; index < 8; index += 1) ids.push(await pay(h, ana, "30"));
  for (const id of ids) assert.equal((await h.approvals.find(ana, id)).strength, "usual");
  const decided = await Promise.allSettled(ids.map((id) => h.decide(ana, id)));
  assert.equal(decided.filter(({ status }) => status === "fulfilled").length, 3);
  for (const one of decided) if (one.status === "rejected") assert.ok(more(one.reason), String(one.reason));
});

eachDoor("what has no amount is counted; what is rejected is not", { spending: { freshAfterClicks: 3 } }, async (h) => {
  const ana = await h.person();
  for (let index = 0; index < 3; index += 1) {
    await h.decide(ana, await note(h, ana), "reject");
    await h.decide(ana, await note(h, ana));
  }
  const fourth = await note(h, ana);
  assert.equal((await h.approvals.page({ userId: ana, waiting: true, limit: 5 })).approvals[0]?.strength, "fresh");
  await assert.rejects(h.decide(ana, fourth), more);
  await h.decide(ana, await note(h, ana), "reject");
  assert.equal(await approve(h, ana, fourth), true);
  assert.equal(await approve(h, ana, await note(h, ana)), false, "a proof begins anew");
  // Another person has clicked nothing.
  const ben = await h.person();
  await h.decide(ben, await note(h, ben));
});
