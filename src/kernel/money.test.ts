import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addQuantities, decimalText, isMore, nothing, parseDecimal, type Quantity } from "./money.ts";

const quantity: fc.Arbitrary<Quantity> = fc.record({
  amount: fc.bigInt({ min: 0n, max: 10n ** 30n }),
  decimals: fc.integer({ min: 0, max: 18 }),
});

/** The same number with more digits behind the point. */
const finer = ({ amount, decimals }: Quantity, by: number): Quantity => ({
  amount: amount * 10n ** BigInt(by),
  decimals: decimals + by,
});

const parsed = (text: string): Quantity => parseDecimal(text) ?? assert.fail(`${text} is a decimal number`);

test("a decimal string is read exactly, where a float would not", () => {
  assert.deepEqual(parseDecimal("500"), { amount: 500n, decimals: 0 });
  assert.deepEqual(parseDecimal("0.25"), { amount: 25n, decimals: 2 });
  assert.deepEqual(parseDecimal("9007199254740993.000000000000000001"), {
    amount: 9007199254740993000000000000000001n,
    decimals: 18,
  });
});

test("what is no plain decimal number is not read", () => {
  const odd = [
    "",
    " ",
    "-1",
    "+1",
    "1.",
    ".5",
    "01",
    "00",
    "1e3",
    "0x10",
    "1,000",
    "1 000",
    "NaN",
    "Infinity",
    "1.2.3",
  ];
  const long = ["1".repeat(31), `0.${"1".repeat(19)}`, "٣", "１", "1\n", "\n1", "1\0"];
  for (const text of [...odd, ...long]) assert.equal(parseDecimal(text), null, JSON.stringify(text));
});

test("a quantity is written for storage without zeros at the end, and for people with two digits at least", () => {
  assert.equal(decimalText({ amount: 620_000_000n, decimals: 6 }), "620");
  assert.equal(decimalText({ amount: 620_000_000n, decimals: 6 }, 2), "620.00");
  assert.equal(decimalText({ amount: 620_500_001n, decimals: 6 }, 2), "620.500001");
  assert.equal(decimalText({ amount: 5n, decimals: 3 }), "0.005");
  assert.equal(decimalText({ amount: 0n, decimals: 0 }, 2), "0.00");
  assert.equal(decimalText({ amount: -1500n, decimals: 3 }), "-1.5");
});

test("whatever is written is read as the same number", () => {
  fc.assert(
    fc.property(quantity, fc.integer({ min: 0, max: 6 }), (one, least) => {
      const text = decimalText(one, least);
      if (one.amount.toString().length - one.decimals > 30) return;
      const again = parsed(text);
      assert.ok(!isMore(again, one) && !isMore(one, again), text);
    }),
  );
});

test("how many digits a quantity is written with changes nothing", () => {
  fc.assert(
    fc.property(quantity, quantity, fc.nat(20), fc.nat(20), (one, other, by, also) => {
      assert.equal(isMore(finer(one, by), finer(other, also)), isMore(one, other));
      assert.equal(decimalText(finer(one, by)), decimalText(one));
      const [sum, fine] = [addQuantities(one, other), addQuantities(finer(one, by), finer(other, also))];
      assert.equal(decimalText(fine), decimalText(sum));
    }),
  );
});

test("sums are those of whole numbers: in any order, and never rounded", () => {
  fc.assert(
    fc.property(fc.array(quantity, { maxLength: 20 }), (all) => {
      const sum = all.reduce(addQuantities, nothing);
      const backwards = all.toReversed().reduce(addQuantities, nothing);
      const exact = all.reduce((total, { amount, decimals }) => total + amount * 10n ** BigInt(18 - decimals), 0n);
      assert.equal(decimalText(sum), decimalText(backwards));
      assert.equal(decimalText(sum), decimalText({ amount: exact, decimals: 18 }));
    }),
  );
});

test("no text at all is read wrongly: it is refused, or written again as it was", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9.eE+\- ]{0,12}$/)), (text) => {
      const read = parseDecimal(text);
      if (read === null) return;
      const digits = text.split(".")[1]?.length ?? 0;
      assert.equal(decimalText(read, digits), text);
    }),
    { numRuns: 2_000 },
  );
});
