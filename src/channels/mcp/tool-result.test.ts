import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../../kernel/errors.ts";
import { errorResult } from "./tool-result.ts";

const error = new AppError("rate_limited", "There were too many requests.", {
  details: { retryAfter: 9, message: "never in place of ours" },
});

test("an error says what happened and what to do next, in words and in the metadata", () => {
  const { isError, content, _meta } = errorResult(error, "receipt-1", "request-1");
  const text =
    "There were too many requests. Wait as long as Retry-After says, then try again. (rate_limited, request request-1)";
  assert.equal(isError, true);
  assert.deepEqual(content, [{ type: "text", text }]);
  assert.deepEqual(_meta, {
    "bellhop/receiptId": "receipt-1",
    "bellhop/error": { code: "rate_limited", retryAfter: 9, message: text },
  });
});
