import assert from "node:assert/strict";
import { test } from "node:test";
import { startBellhop } from "../bellhop.ts";
import { runBellhop } from "../command-line.ts";
import { signInByCode } from "./sign-in-by-code.ts";

const TIERS = [
  { name: "free", title: "Free" },
  { name: "pro", title: "Pro", bundles: ["signals"] },
];

test("an operator gives and shows a tier at the terminal, beside the running server", async (t) => {
  const bellhop = await startBellhop(t, { environment: { BELLHOP_TIERS: JSON.stringify(TIERS) } });
  const settings = {
    PORT: new URL(bellhop.url).port,
    BELLHOP_DATA_DIR: bellhop.dataDirectory,
    BELLHOP_TIERS: JSON.stringify(TIERS),
  };
  const run = (...args: readonly string[]) => runBellhop(["admin", ...args], settings);
  await signInByCode(bellhop, "ana@example.com");
  const set = await run("tier", "set", "ana@example.com", "pro", "--until", "2099-01-31");
  assert.deepEqual([set.code, set.stderr], [0, ""]);
  assert.match(set.stdout, /^ana@example\.com has pro until 2099-01-31T00:00:00\.000Z\.\nBundles {2}signals\n/);
  assert.match((await run("bundle", "grant", "ana@example.com", "labs")).stdout, /Bundles {2}labs, signals/);
  assert.match(
    (await run("tier", "set", "ana@example.com", "free")).stdout,
    /has free\.\nBundles {2}labs\nGiven {4}labs\n.* operator {2}free, active\n.*pro, active until 2099/,
  );
  assert.match((await run("tier", "set", "ana@example.com", "gold")).stderr, /this server sells free, pro/);
  for (const words of [["list", "--until", "2099-01-01"]]) {
    const { code, stderr } = await run(...words);
    assert.equal(code, 1, words.join(" "));
    assert.match(stderr, /npm start -- admin tier set EMAIL TIER \[--until DATE\]/);
  }
});
