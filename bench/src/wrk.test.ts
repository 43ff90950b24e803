import assert from "node:assert/strict";
import { test } from "node:test";
import { readLoad } from "./wrk.ts";
import { wrkScript } from "./wrk-script.ts";

const printed = `Running 1s test @ http://127.0.0.1:1/mcp
@@{"requests":5000.000000,"microseconds":1000000.000000,"p50":1500.000000,"p99":20000.000000,"connect":1.000000,"read":2.000000,"write":3.000000,"timeout":4.000000,"status":5.000000}
`;

test("wrk's figures are read in milliseconds, and every kind of failure counts", () => {
  assert.deepEqual(readLoad(printed), { calls: 5000, seconds: 1, p50Ms: 1.5, p99Ms: 20, failed: 15 });
});

test("output without figures is an error that shows it", () => {
  assert.throws(() => readLoad("unable to connect"), /unable to connect/);
});

test("no byte of a call can end its Lua string", () => {
  const body = `"]]\n\\ é`;
  const script = wrkScript([{ url: new URL("http://127.0.0.1:1/mcp"), headers: { a: `"b` }, body }]);
  assert.doesNotMatch(script, /é|"b"|\]\]\n/);
  const escaped = [...Buffer.from(body)].map((byte) => `\\${String(byte).padStart(3, "0")}`).join("");
  assert.ok(script.includes(`"${escaped}"`));
});
