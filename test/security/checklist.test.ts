import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { acts } from "./acts.ts";
import type { Claim } from "./claim.ts";
import { duties } from "./duties.ts";
import { incidents, later, pitfalls } from "./incidents.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** A name as a test file writes it: between quotes, with its own quotes escaped. */
const isWrittenIn = (source: string, name: string): boolean =>
  [`"${name}"`, `\`${name}\``, `'${name}'`].some((written) => source.includes(written));

function missing({ claim, proofs }: Claim): readonly string[] {
  if (proofs.length === 0) return [`${claim}: nothing proves it`];
  return proofs.flatMap(({ file, tests }) => {
    const path = join(ROOT, file);
    if (!existsSync(path)) return [`${claim}: ${file} is not there`];
    const source = readFileSync(path, "utf8");
    return tests.filter((name) => !isWrittenIn(source, name)).map((name) => `${claim}: ${file} has no test "${name}"`);
  });
}

for (const [name, claims] of Object.entries({ duties, pitfalls, incidents, acts })) {
  test(`every line of the checklist has its test: ${name}`, () => {
    assert.ok(claims.length > 10);
    assert.deepEqual(claims.flatMap(missing), []);
  });
}

test("a name that no test has is found missing", () => {
  const invented = {
    file: "test/security/checklist.test.ts",
    tests: [["no", "test", "has", "this", "name"].join(" ")],
  };
  assert.equal(missing({ claim: "x", proofs: [invented] }).length, 1);
  assert.equal(missing({ claim: "x", proofs: [{ ...invented, file: "test/nothing.test.ts" }] }).length, 1);
  assert.equal(missing({ claim: "x", proofs: [] }).length, 1);
});

test("what is left for later says why", () => {
  for (const [what, why] of Object.entries(later)) assert.ok(what.length > 10 && why.length > 10);
});
