import assert from "node:assert/strict";
import { test } from "node:test";
import { behaviourOf } from "./till-behaviour.ts";
import { openTill, type Till } from "./till-process.ts";

const SEED = 7;

/** A name to pay to, for which the till behaves in this way, and takes its time where it takes any. */
function nameFor(how: string): string {
  for (let turn = 0; turn < 1000; turn += 1) {
    const behaviour = behaviourOf(SEED, `to-${turn}`);
    if (behaviour.how === how && behaviour.ms > 300) return `to-${turn}`;
  }
  return assert.fail(`the till never ${how}`);
}

const order = (till: Till, path: string, body: object): Promise<number | "lost"> =>
  fetch(till.url + path, { method: "POST", body: JSON.stringify(body) }).then(
    ({ status }) => status,
    () => "lost" as const,
  );

test("the till does what it says, loses answers when it is to, and keeps what it did", async (t) => {
  const till = await openTill(t, SEED);
  const pay = (key: string, how: string, path = "/pay") => order(till, path, { key, amount: "1", to: nameFor(how) });
  assert.equal(await pay("a", "pays"), 200);
  assert.equal(await pay("a", "pays"), 200, "a key pays once");
  assert.equal(await pay("b", "pays and loses"), "lost");
  assert.equal(await pay("c", "loses"), "lost");
  assert.equal(await pay("d", "refuses"), 409);
  assert.equal(await pay("e", "breaks"), 500);
  assert.equal(await pay("f", "pays", "/pay-once"), 200);
  assert.equal(await pay("f", "pays", "/pay-once"), 200, "and here as often as it is asked");
  assert.deepEqual(
    till.payments().map(({ key }) => key),
    ["a", "b", "f", "f"],
  );
});

test("a key that was closed is never paid, also by an order that is under way", async (t) => {
  const till = await openTill(t, SEED);
  const late = order(till, "/pay-once", { key: "late", amount: "1", to: nameFor("pays late") });
  const ask = async (method: string, key: string) => (await fetch(`${till.url}/payments/${key}`, { method })).status;
  assert.equal(await ask("GET", "late"), 404);
  assert.equal(await ask("DELETE", "late"), 204);
  assert.equal(await late, 410);
  assert.deepEqual(till.payments(), []);
  await till.answers(false);
  for (const status of [503, 503, 503, 204, 204]) assert.equal(await ask("DELETE", "late"), status);
});
