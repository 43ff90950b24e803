import assert from "node:assert/strict";
import { test } from "node:test";
import { isShape, isText } from "./guards.ts";
import { counted, readRows } from "./rows.ts";

const isRow = isShape({ id: isText });

test("a row that cannot be read does not keep the others from being seen", () => {
  assert.deepEqual(readRows([{ id: "a" }, { id: 1 }, {}, null, { id: "b", more: true }], isRow), {
    rows: [{ id: "a" }, { id: "b", more: true }],
    more: 0,
    unreadable: 3,
  });
});

test("of two rows with one id the first is shown: what is done to one would be done to both", () => {
  assert.deepEqual(
    readRows(
      [
        { id: "a", n: 1 },
        { id: "a", n: 2 },
      ],
      isRow,
    ),
    {
      rows: [{ id: "a", n: 1 }],
      more: 0,
      unreadable: 1,
    },
  );
});

test("a list without end is shown in part, and the rest is counted", () => {
  const { rows, more } = readRows(
    Array.from({ length: 10_000 }, (_, index) => ({ id: String(index) })),
    isRow,
  );
  assert.equal(rows.length + more, 10_000);
  assert.equal(rows.length, 100);
});

test("one is one, and all else is many", () => {
  assert.deepEqual(
    [0, 1, 2].map((count) => counted(count, "item")),
    ["0 items", "1 item", "2 items"],
  );
});
