import assert from "node:assert/strict";
import { test } from "node:test";
import { requireMachine } from "./requirements.ts";

const machine = { platform: "linux", cores: 2, has: () => true };

test("a Linux with two cores, wrk and taskset is enough", () => {
  assert.doesNotThrow(() => requireMachine(machine));
});

test("everything that is missing is named at once, with how to get it", () => {
  assert.throws(() => requireMachine({ ...machine, cores: 1, has: () => false }), {
    name: "BenchError",
    message: /^wrk, .*apt-get install wrk.*\ntaskset, .*apt-get install util-linux.*\nTwo cores/,
  });
  assert.throws(() => requireMachine({ ...machine, has: (program) => program !== "wrk" }), /^BenchError: wrk, [^\n]*$/);
});

test("other systems are told what to use", () => {
  assert.throws(() => requireMachine({ ...machine, platform: "darwin" }), /need Linux.*darwin/);
});
