import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError, parseConfig } from "./config.ts";

const spending = (environment: Record<string, string>) => parseConfig(environment).config.spending;

test("nothing set, a hundred dollars or ten clicks a day pass without a proof, a new recipient rests a day, and no cap holds", () => {
  assert.deepEqual(spending({}), { caps: [], holdHours: 24, freshAboveUsd: "100", freshAfterClicks: 10 });
});

test("caps of the operator are read whole, and cannot be changed afterwards", () => {
  const caps = [
    { asset: "usd", perTransaction: "500", rolling: { amount: "2000.50", hours: 24 } },
    { asset: "SOL", perTransaction: "2" },
  ];
  const { caps: read } = spending({ BELLHOP_SPEND_CAPS: JSON.stringify(caps) });
  assert.deepEqual(read, [caps[0], { ...caps[1], rolling: null }]);
  assert.ok(Object.isFrozen(read));
});

test("caps that would not hold what they say stop the start, and their text is not repeated", () => {
  for (const text of [
    "500",
    "{}",
    "[",
    '[{"asset":"usd"}]',
    '[{"asset":"usd","perTransaction":500}]',
    '[{"asset":"usd","perTransaction":"-5"}]',
    '[{"asset":"usd","perTransaction":"1e3"}]',
    '[{"asset":"usd","pertransaction":"5","rolling":{"amount":"1","hours":1}}]',
    '[{"asset":"usd","perTransaction":"5"},{"asset":"USD","perTransaction":"6"}]',
    '[{"asset":"usd","rolling":{"amount":"5","hours":9999}}]',
  ]) {
    const refused = (error: unknown): boolean => {
      assert.ok(error instanceof ConfigError);
      assert.deepEqual(
        error.problems.map(({ name }) => name),
        ["BELLHOP_SPEND_CAPS"],
      );
      return !error.message.includes(`${text} `);
    };
    assert.throws(() => parseConfig({ BELLHOP_SPEND_CAPS: text }), refused, text);
  }
});

test("a threshold is a decimal number, exact", () => {
  assert.equal(spending({ BELLHOP_SPEND_FRESH_ABOVE_USD: "0" }).freshAboveUsd, "0");
  assert.equal(spending({ BELLHOP_SPEND_FRESH_ABOVE_USD: "99.99" }).freshAboveUsd, "99.99");
  for (const text of ["-1", "1e2", "a lot", "1,000"])
    assert.throws(() => parseConfig({ BELLHOP_SPEND_FRESH_ABOVE_USD: text }), ConfigError, text);
});
