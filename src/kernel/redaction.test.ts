import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { markedSchema, personal, publishedSchema, redactionOf, secret } from "./redaction.ts";

const redact = (schema: z.ZodType) => redactionOf(markedSchema(schema, "input"));

test("what is secret or personal is left out wherever it stands", () => {
  const kept = redact(
    z.object({
      token: secret(z.string()).optional().describe("A token."),
      email: personal(z.email()),
      lists: z.array(z.object({ pin: secret(z.number()), name: z.string() })),
      either: z.union([z.object({ key: secret(z.string()) }), z.string()]),
      named: z.record(z.string(), secret(z.string())),
      plain: z.string(),
    }),
  );
  const value = {
    token: "t",
    email: "a@example.org",
    lists: [{ pin: 1, name: "one" }],
    either: { key: "k" },
    named: { any: "s" },
    plain: "p",
  };
  const without = {
    token: "[secret]",
    email: "[personal]",
    lists: [{ pin: "[secret]", name: "one" }],
    either: { key: "[secret]" },
    named: { any: "[secret]" },
    plain: "p",
  };
  assert.deepEqual(kept(value), without);
});

test("also arguments that do not fit the schema lose what stands in a secret's place", () => {
  const kept = redact(z.object({ token: secret(z.string().max(3)), list: z.array(secret(z.string())) }));
  assert.deepEqual(kept({ token: { deep: ["longer"] }, list: ["a", 1], more: 2 }), {
    token: "[secret]",
    list: ["[secret]", "[secret]"],
    more: 2,
  });
  for (const strange of [null, "text", 7, [], undefined]) assert.deepEqual(kept(strange), strange);
});

test("a schema that refers to itself is followed", () => {
  const node = z.object({
    password: secret(z.string()),
    get children() {
      return z.array(node);
    },
  });
  const kept = redact(node);
  assert.deepEqual(kept({ password: "a", children: [{ password: "b", children: [] }] }), {
    password: "[secret]",
    children: [{ password: "[secret]", children: [] }],
  });
});

test("where nothing is marked the value is the same one, and marks are never published", () => {
  const value = { text: "hello" };
  assert.equal(redact(z.object({ text: z.string() }))(value), value);
  const marked = markedSchema(z.object({ text: secret(z.string()) }), "input");
  assert.match(JSON.stringify(marked), /x-bellhop-keep/);
  assert.doesNotMatch(JSON.stringify(publishedSchema(marked)), /x-bellhop-keep/);
});
