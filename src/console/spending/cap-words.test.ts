import assert from "node:assert/strict";
import { test } from "node:test";
import { capWords } from "./cap-words.ts";

test("a cap is one sentence", () => {
  const rolling = { amount: "500", hours: 24 };
  assert.equal(capWords({ asset: "SOL", perTransaction: "1.5", rolling: null }), "At most 1.5 SOL each time.");
  assert.equal(
    capWords({ asset: "usd", perTransaction: "100", rolling }),
    "At most 100 US dollars each time, and at most 500 US dollars in any 24 hours.",
  );
  assert.equal(
    capWords({ asset: "usd", perTransaction: null, rolling: { ...rolling, hours: 168 } }),
    "At most 500 US dollars in any 7 days.",
  );
  assert.equal(
    capWords({ asset: "usd", perTransaction: null, rolling: { ...rolling, hours: 1 } }),
    "At most 500 US dollars in any hour.",
  );
  assert.equal(capWords({ asset: "usd", perTransaction: null, rolling: null }), "No limit.");
});
