import assert from "node:assert/strict";
import { test } from "node:test";
import { fileKind, fileSize, opensHere } from "./file-words.ts";

test("a size is said in the unit that reads best", () => {
  const cases = [
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1000, "1 kB"],
    [14_234, "14.2 kB"],
    [999_000, "999 kB"],
    [3_000_000, "3 MB"],
    [5_000_000_000_000, "5000 GB"],
  ] as const;
  for (const [bytes, words] of cases) assert.equal(fileSize(bytes), words, String(bytes));
});

test("a file is named by what it is, and one of a kind unknown here by its type", () => {
  assert.equal(fileKind({ mimeType: "text/html; charset=utf-8" }), "Web page");
  assert.equal(fileKind({ mimeType: "application/x-strange" }), "application/x-strange");
});

test("only what a browser shows by itself is offered to look at", () => {
  for (const mimeType of ["text/html; charset=utf-8", "application/json", "image/png"])
    assert.ok(opensHere({ mimeType }), mimeType);
  assert.ok(!opensHere({ mimeType: "application/zip" }));
});
