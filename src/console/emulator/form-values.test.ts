import assert from "node:assert/strict";
import { test } from "node:test";
import { argumentsOf, draftsOf, initialDrafts, jsonOf, valuesOf } from "./form-values.ts";
import { fieldsOf } from "./schema-form.ts";

const fields = fieldsOf({
  type: "object",
  properties: {
    name: { type: "string", minLength: 2, maxLength: 5 },
    count: { type: "integer", minimum: 1, maximum: 9 },
    ratio: { type: "number" },
    flag: { type: "boolean" },
    choice: { enum: ["a", 7, null] },
    list: { type: "array", minItems: 1, maxItems: 2 },
    shape: { type: "object" },
  },
  required: ["name"],
});

const problemOf = (name: string, draft: string): string | undefined => {
  const values = valuesOf(fields, { name: "Ada", [name]: draft });
  return "problems" in values ? values.problems.get(name) : undefined;
};

test("what is typed becomes values of the right type, and what is empty is left out", () => {
  const drafts = { name: " Ada", count: "3", ratio: "-1.5e3", flag: "false", choice: "7", list: "[1]", shape: "" };
  assert.deepEqual(valuesOf(fields, drafts), {
    args: { name: " Ada", count: 3, ratio: -1500, flag: false, choice: 7, list: [1] },
  });
  assert.deepEqual(valuesOf(fields, { name: "Ada", choice: "null", count: " ", list: "\n" }), {
    args: { name: "Ada", choice: null },
  });
});

test("what is wrong is said in words, at its field", () => {
  assert.equal(problemOf("name", ""), "This is needed.");
  assert.equal(problemOf("name", "A"), "It must have at least 2 characters.");
  assert.equal(problemOf("name", "abcdef"), "It has 6 characters; at most 5 are taken.");
  assert.equal(problemOf("name", "👍👍👍👍👍"), undefined, "a character is a code point");
  assert.equal(problemOf("count", "three"), "This is not a number.");
  assert.equal(problemOf("count", "1.5"), "It must be a whole number.");
  assert.equal(problemOf("count", "0"), "It must be at least 1.");
  assert.equal(problemOf("count", "10"), "It must be at most 9.");
  assert.equal(problemOf("ratio", "Infinity"), "This is not a number.");
  assert.match(problemOf("list", "[1,") ?? "", /^This is not JSON: /);
  assert.equal(problemOf("list", "{}"), "It must be a list, in square brackets.");
  assert.equal(problemOf("list", "[]"), "The list must have at least 1 items.");
  assert.equal(problemOf("list", "[1,2,3]"), "The list has 3 items; at most 2 are taken.");
  assert.equal(problemOf("shape", "[]"), "It must be an object, in braces.");
});

test("form and JSON say the same", () => {
  const args = { name: "Ada", count: 3, flag: true, choice: "a", shape: { b: 1 } };
  const drafts = draftsOf(fields, { ...args, unknown: 1 });
  assert.deepEqual(valuesOf(fields, drafts), { args });
  assert.deepEqual(JSON.parse(jsonOf(fields, drafts)), args);
  assert.deepEqual(
    JSON.parse(jsonOf(fields, { ...drafts, count: "x" })),
    { name: "Ada", flag: true, choice: "a", shape: { b: 1 } },
    "what cannot be read is left out",
  );
  assert.deepEqual(initialDrafts(fieldsOf({ properties: { a: { default: 2, type: "number" }, b: {} } })), {
    a: "2",
    b: "",
  });
});

test("arguments as JSON must be one object", () => {
  assert.deepEqual(argumentsOf('{"a": [null]}'), { args: { a: [null] } });
  assert.deepEqual(argumentsOf("[]"), { problem: "The arguments must be an object, in braces." });
  assert.ok("problem" in argumentsOf("{"));
});
