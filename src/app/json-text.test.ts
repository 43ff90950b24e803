import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../kernel/json.ts";
import { jsonText } from "./json-text.ts";

async function* listOf(...values: readonly Json[]): AsyncGenerator<Json> {
  yield* values;
}

async function textOf(members: Parameters<typeof jsonText>[0]): Promise<string> {
  let text = "";
  for await (const piece of jsonText(members)) text += piece;
  return text;
}

test("what comes piece by piece is the text that JSON.stringify would make", async () => {
  const hostile = 'a " b \n c \u2028 </script> \ud83d\ude00';
  const account: Json = { name: hostile, identities: [{ label: "x" }], none: null, empty: [] };
  const receipts: Json[] = [{ id: 1, nested: { deep: [hostile] } }, "word", null, []];
  const text = await textOf([
    { name: "account", read: async () => account },
    { name: "receipts", read: () => listOf(...receipts) },
    { name: 'odd "name"', read: () => listOf() },
    { name: "gone", read: async () => null },
  ]);
  assert.equal(text, `${JSON.stringify({ account, receipts, 'odd "name"': [], gone: null }, null, 2)}\n`);
  assert.equal(await textOf([]), "{}\n");
});

test("a list is read no further than it is asked for, and nothing is read before its turn", async () => {
  const read: string[] = [];
  async function* endless(): AsyncGenerator<Json> {
    for (let row = 0; ; row++) {
      read.push(`row ${row}`);
      yield row;
    }
  }
  const pieces = jsonText([
    { name: "first", read: endless },
    {
      name: "second",
      read: async () => {
        read.push("second");
        return null;
      },
    },
  ]);
  for (let count = 0; count < 3; count++) await pieces.next();
  assert.deepEqual(read, ["row 0", "row 1"]);
  await pieces.return(undefined);
  assert.deepEqual(read, ["row 0", "row 1"]);
});
