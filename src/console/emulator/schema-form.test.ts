import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsOf } from "./schema-form.ts";

const fieldOf = (schema: unknown, root: Readonly<Record<string, unknown>> = {}) => {
  const [field] = fieldsOf({ type: "object", properties: { it: schema }, ...root });
  assert.ok(field);
  return field;
};

test("each kind of value gets its kind of field", () => {
  const kinds: readonly (readonly [kind: string, schema: unknown])[] = [
    ["text", { type: "string" }],
    ["text", { type: "string", maxLength: 100_000 }],
    ["line", { type: "string", maxLength: 200 }],
    ["line", { type: "string", format: "date-time" }],
    ["number", { type: "number" }],
    ["number", { type: "integer" }],
    ["flag", { type: "boolean" }],
    ["choice", { type: "string", enum: ["a", "b"] }],
    ["choice", { const: 7 }],
    ["json", { type: "array", items: { type: "string" } }],
    ["json", { type: "object" }],
    ["json", { anyOf: [{ type: "string" }, { type: "number" }] }],
    ["json", { type: ["string", "null"] }],
    ["json", true],
    ["json", {}],
  ];
  for (const [kind, schema] of kinds) assert.equal(fieldOf(schema).kind, kind, JSON.stringify(schema));
});

test("required fields come first, and the rest keep their order", () => {
  const schema = { type: "object", properties: { a: {}, b: {}, c: {}, d: {} }, required: ["c", "missing"] };
  assert.deepEqual(
    fieldsOf(schema).map(({ name, required }) => [name, required]),
    [
      ["c", true],
      ["a", false],
      ["b", false],
      ["d", false],
    ],
  );
});

test("a value that may be null, and one behind a reference, are asked for as what they are", () => {
  const nullable = { description: "How many.", anyOf: [{ type: "integer", minimum: 1 }, { type: "null" }] };
  assert.equal(fieldOf(nullable).kind, "number");
  assert.equal(fieldOf(nullable).description, "How many.");
  assert.equal(fieldOf(nullable).schema["minimum"], 1);
  const root = { $defs: { "a/b": { enum: ["x"], description: "One of them." } } };
  assert.equal(fieldOf({ $ref: "#/$defs/a~1b" }, root).kind, "choice");
  assert.equal(fieldOf({ $ref: "#/$defs/a~1b" }, root).description, "One of them.");
  assert.equal(fieldOf({ $ref: "https://elsewhere.example/schema" }).kind, "json");
});

test("defaults stand in the field, examples beside it", () => {
  assert.equal(fieldOf({ type: "string", default: "today" }).initial, "today");
  assert.equal(fieldOf({ enum: ["a", "b"], default: "b" }).initial, '"b"');
  assert.equal(fieldOf({ type: "boolean", default: false }).initial, "false");
  assert.equal(fieldOf({ type: "array", default: [1] }).initial, "[\n  1\n]");
  assert.equal(fieldOf({ type: "string", examples: ["Ada"] }).example, "Ada");
});

test("JSON has its least form as an example, also where a shape names itself", () => {
  const item = {
    type: "object",
    properties: { name: { type: "string" }, at: { type: "integer" }, extra: {} },
    required: ["name", "at"],
  };
  assert.deepEqual(JSON.parse(fieldOf({ type: "array", items: item }).example), [{ name: "...", at: 0 }]);
  const node = { type: "object", properties: { child: { $ref: "#/$defs/node" } }, required: ["child"] };
  assert.match(fieldOf({ $ref: "#/$defs/node" }, { $defs: { node } }).example, /"child": null/);
});

test("a schema that says nothing of properties has no fields", () => {
  assert.deepEqual(fieldsOf({ type: "object" }), []);
  assert.deepEqual(fieldsOf({ properties: { none: false, odd: "text" } }), []);
});
