import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError, parseConfig } from "./config.ts";

const plans = (environment: Record<string, string>) => parseConfig(environment).config.plans;
const refusal = (environment: Record<string, string>): string => {
  try {
    parseConfig(environment);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  return assert.fail("The settings were taken.");
};

test("without a setting there are free and pro, alike but for their names", () => {
  const { tiers, toolTiers, upgradeUrl, billingSecrets } = plans({ BELLHOP_CALLS_PER_MINUTE: "120" });
  assert.deepEqual(
    tiers.map(({ name, callsPerMinute, perDay, bundles }) => [name, callsPerMinute, perDay, bundles]),
    [
      ["free", 120, {}, []],
      ["pro", 120, {}, []],
    ],
  );
  assert.deepEqual([toolTiers, billingSecrets], [[], []]);
  assert.equal(upgradeUrl, "http://localhost:3002/app/usage");
});

test("tiers come in the order of their rank, and say what they hold", () => {
  const given = [
    { name: "guest", title: "Guest", callsPerMinute: 10, perDay: { echo: 3 } },
    { name: "member", title: "Member", bundles: ["signals"] },
  ];
  const { tiers } = plans({ BELLHOP_TIERS: JSON.stringify(given) });
  assert.deepEqual(tiers, [
    { name: "guest", title: "Guest", callsPerMinute: 10, perDay: { echo: 3 }, bundles: [] },
    { name: "member", title: "Member", callsPerMinute: 600, perDay: {}, bundles: ["signals"] },
  ]);
  for (const part of [tiers, ...tiers, tiers[0].perDay, tiers[0].bundles]) assert.ok(Object.isFrozen(part));
});

test("a list that cannot be used is refused with its place", () => {
  const wrong: readonly (readonly [given: string, words: RegExp])[] = [
    ["free,pro", /must be a JSON list of tiers/],
    ["[]", /must be a JSON list of tiers/],
    ["{}", /must be a JSON list of tiers/],
    ['[{"name":"free"}]', /at 0\.title/],
    ['[{"name":"Free","title":"Free"}]', /at 0\.name: must have 1 to 31 small letters/],
    ['[{"name":"free","title":"Free","perDay":{"echo":0}}]', /at 0\.perDay\.echo/],
    ['[{"name":"free","title":"Free","callsPerMinute":-1}]', /at 0\.callsPerMinute/],
    ['[{"name":"free","title":"Free"},{"name":"free","title":"Also free"}]', /two tiers share a name/],
    ['[{"name":"free","title":"Free","perday":{}}]', /at 0: .*perday/],
  ];
  for (const [given, words] of wrong) assert.match(refusal({ BELLHOP_TIERS: given }), words, given);
});

test("tools are put into tiers that are sold, each once", () => {
  assert.deepEqual(plans({ BELLHOP_TOOL_TIERS: "echo=pro, get-items = free" }).toolTiers, [
    { tool: "echo", tier: "pro" },
    { tool: "get-items", tier: "free" },
  ]);
  assert.match(
    refusal({ BELLHOP_TOOL_TIERS: "echo=gold" }),
    /names the tier gold, which is not sold; there are free, pro/,
  );
  for (const given of ["echo", "echo=", "=pro", "echo=pro,echo=free", "echo=pro,", "a b=pro"])
    assert.match(refusal({ BELLHOP_TOOL_TIERS: given }), /must be tool=tier/, given);
});

test("the secrets of the billing are taken as Standard Webhooks writes them, and never shown", () => {
  const [one, other] = [Buffer.alloc(24, 1), Buffer.alloc(64, 2)].map((key) => `whsec_${key.toString("base64")}`);
  assert.deepEqual(
    plans({ BILLING_WEBHOOK_SECRET: `${one} ${other}` }).billingSecrets.map(({ length }) => length),
    [24, 64],
  );
  for (const key of [
    "whsec_",
    `whsec_${Buffer.alloc(23, 3).toString("base64")}`,
    Buffer.alloc(32, 3).toString("base64"),
    "whsec_!!",
  ]) {
    const said = refusal({ BILLING_WEBHOOK_SECRET: key });
    assert.match(said, /must be whsec_ and 24 to 64 bytes in base64/);
    assert.ok(key === "whsec_" || !said.includes(key));
  }
});

test("people change their plan at an https address", () => {
  assert.equal(plans({ BELLHOP_UPGRADE_URL: "https://shop.example/plans" }).upgradeUrl, "https://shop.example/plans");
  assert.match(
    refusal({ BELLHOP_UPGRADE_URL: "http://shop.example/plans" }),
    /BELLHOP_UPGRADE_URL must be an https URL/,
  );
  assert.match(refusal({ BELLHOP_UPGRADE_URL: "javascript:alert(1)" }), /BELLHOP_UPGRADE_URL/);
});
