import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AppError } from "./errors.ts";
import { operationIdOf } from "./operation-id.ts";

test("an operation id comes by header, in quotes or not, or by _meta", () => {
  assert.equal(operationIdOf({}), undefined);
  assert.equal(operationIdOf({ header: "order-2041" }), "order-2041");
  assert.equal(operationIdOf({ header: '"order-2041"' }), "order-2041");
  assert.equal(operationIdOf({ meta: "order-2041" }), "order-2041");
  assert.equal(operationIdOf({ header: '"order-2041"', meta: "order-2041" }), "order-2041");
});

test("what is no operation id is refused, and never taken for another", () => {
  const wrong: unknown[] = [
    "",
    "short",
    "a".repeat(129),
    "with a space in it",
    "tab\tinside-it",
    "ümlaut-inside",
    12345678,
    null,
    {},
  ];
  for (const meta of wrong)
    assert.throws(
      () => operationIdOf({ meta }),
      (error) => error instanceof AppError && error.code === "invalid_input",
    );
  assert.throws(() => operationIdOf({ header: "order-2041", meta: "order-2042" }), /different operation ids/);
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (meta) => {
      try {
        assert.match(operationIdOf({ meta }) ?? "", /^[!-~]{8,128}$/);
      } catch (error) {
        assert.ok(error instanceof AppError);
      }
    }),
  );
});
