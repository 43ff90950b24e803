import assert from "node:assert/strict";
import { test } from "node:test";
import { gatherNames } from "./gather-names.ts";

/** What was sent, each sending for itself. */
function recorder() {
  const sent: (readonly string[])[] = [];
  return { sent, send: async (names: readonly string[]) => void sent.push(names) };
}

const HOUR = 3_600_000;

test("names alone are sent at once", async () => {
  const { sent, send } = recorder();
  await gatherNames(send, HOUR, new AbortController().signal)(["ana"]);
  assert.deepEqual(sent, [["ana"]]);
});

test("names that come soon after a sending go together, each once", async () => {
  const { sent, send } = recorder();
  const tell = gatherNames(send, 20, new AbortController().signal);
  await tell(["ana"]);
  await Promise.all([tell(["ben"]), tell(["cid", "ben"]), tell(["ana"])]);
  assert.deepEqual(sent, [["ana"], ["ben", "cid", "ana"]]);
});

test("what waits is sent when the end comes, and nothing waits after it", async () => {
  const { sent, send } = recorder();
  const ended = new AbortController();
  const tell = gatherNames(send, HOUR, ended.signal);
  await tell(["ana"]);
  const last = tell(["ben"]);
  ended.abort();
  await last;
  await tell(["cid"]);
  assert.deepEqual(sent, [["ana"], ["ben"], ["cid"]]);
});

test("a sending that fails fails for those whose names it held, and the next one goes on", async () => {
  const sent: (readonly string[])[] = [];
  const tell = gatherNames(
    async (names) => {
      if (names.includes("ana")) throw new Error("not now");
      sent.push(names);
    },
    20,
    new AbortController().signal,
  );
  await assert.rejects(tell(["ana"]), /not now/);
  await tell(["ben"]);
  assert.deepEqual(sent, [["ben"]]);
});
