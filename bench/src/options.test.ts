import assert from "node:assert/strict";
import { test } from "node:test";
import { BenchError } from "./bench-error.ts";
import { type Options, readRequest } from "./options.ts";

function optionsOf(args: readonly string[], environment: Record<string, string> = {}): Options {
  const request = readRequest(args, environment);
  assert.ok(request.kind === "run");
  return request.options;
}

test("without options the suite `calls` runs beside the limit and the official SDK", () => {
  assert.deepEqual(optionsOf([]), {
    suite: "calls",
    json: false,
    rounds: 5,
    seconds: 4,
    callers: [1, 16, 50],
    era: "2026-07-28",
    peers: ["raw-fixed", "sdk-v2"],
    postgres: undefined,
    noisy: false,
  });
});

test("every option is read; a name given twice counts once", () => {
  const given = "--suite x --json --rounds 2 --seconds 3 --callers 50,1,50 --era 2025-11-25 --peers tmcp --noisy";
  const options = optionsOf([...given.split(" "), "--postgres", "postgres://a"], { DATABASE_URL: "postgres://b" });
  assert.deepEqual(options, {
    suite: "x",
    json: true,
    rounds: 2,
    seconds: 3,
    callers: [50, 1],
    era: "2025-11-25",
    peers: ["tmcp"],
    postgres: "postgres://a",
    noisy: true,
  });
});

test("DATABASE_URL names a PostgreSQL as --postgres does", () => {
  assert.equal(optionsOf([], { DATABASE_URL: "postgres://b" }).postgres, "postgres://b");
});

test("--help and --install do not measure", () => {
  assert.deepEqual(readRequest(["--help"], {}), { kind: "help" });
  assert.deepEqual(readRequest(["--install", "tmcp"], {}), { kind: "install", peer: "tmcp" });
});

for (const args of [
  ["--rounds", "0"],
  ["--rounds", "many"],
  ["--seconds", "1.5"],
  ["--callers", ""],
  ["--callers", "1,x"],
  ["--peers", ","],
  ["--era", "2024-11-05"],
]) {
  test(`${args.join(" ")} is refused by its name`, () => {
    assert.throws(() => readRequest(args, {}), { name: "BenchError", message: new RegExp(`^${args[0]} must`) });
  });
}

test("an option that does not exist is refused", () => {
  assert.throws(() => readRequest(["--nothing"], {}), BenchError);
  assert.throws(() => readRequest(["calls"], {}), BenchError);
});
