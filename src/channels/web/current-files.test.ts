import assert from "node:assert/strict";
import { readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { temporaryDirectory } from "../../../test/bellhop.ts";
import { currentFiles } from "./current-files.ts";

/** A file whose every writing has a time of its own, however fast they follow each other. */
function fileOf(t: TestContext) {
  const path = join(temporaryDirectory(t), "page.md");
  let seconds = 1_000_000;
  const write = (text: string): void => {
    writeFileSync(path, text);
    seconds += 1;
    utimesSync(path, seconds, seconds);
  };
  const read = t.mock.fn(() => readFileSync(path, "utf8"));
  return { path, write, read };
}

test("in development a file is read again when it has changed, and only then", (t) => {
  const { path, write, read } = fileOf(t);
  write("one");
  const current = currentFiles(true, [path], read);
  assert.deepEqual([current(), current()], ["one", "one"]);
  assert.equal(read.mock.callCount(), 1);
  write("two");
  assert.deepEqual([current(), current()], ["two", "two"]);
  assert.equal(read.mock.callCount(), 2);
});

test("what a build is about to write again stays as it was until it is there", (t) => {
  const { path, write, read } = fileOf(t);
  write("one");
  const current = currentFiles(true, [path], read);
  rmSync(path);
  assert.equal(current(), "one");
  write("two");
  assert.equal(current(), "two");
});

test("a published server reads once", (t) => {
  const { path, write, read } = fileOf(t);
  write("one");
  const current = currentFiles(false, [path], read);
  write("two");
  assert.equal(current(), "one");
  assert.equal(read.mock.callCount(), 1);
});
