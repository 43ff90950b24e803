import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { eachEngine } from "../../test/database.ts";
import { AppError } from "../kernel/errors.ts";
import { runOperatorCommand } from "../kernel/operator-command.ts";
import type { Tiers } from "../kernel/tiers.ts";
import { migrations } from "./migrations/index.ts";
import { signInUser } from "./records/users.ts";
import { tierCommands } from "./tier-commands.ts";

const TIERS: Tiers = [
  { name: "free", title: "Free", callsPerMinute: 60, perDay: {}, bundles: [] },
  { name: "pro", title: "Pro", callsPerMinute: 0, perDay: {}, bundles: ["signals"] },
];
const now = new Date("2026-11-21T09:00:00.000Z");
const held = z.object({
  tier: z.string(),
  until: z.string().nullable(),
  bundles: z.array(z.string()),
  changed: z.boolean().optional(),
  changes: z.array(z.object({ tier: z.string(), provider: z.string() })),
});

eachEngine("bellhop admin tier and bundle", migrations, async (t, database) => {
  const told: string[] = [];
  const commands = tierCommands({
    database,
    clock: () => now,
    baseUrl: "https://bellhop.example",
    tiers: TIERS,
    changed: (userId) => void told.push(userId),
  });
  const run = async (name: string, input: unknown) => held.parse(await runOperatorCommand(commands, name, input));
  const refused = async (name: string, input: unknown): Promise<string> => {
    const error: unknown = await run(name, input).catch((thrown: unknown) => thrown);
    return error instanceof AppError ? error.code : assert.fail(String(error));
  };
  const email = "ana@example.com";
  const ana = await database.transaction((handle) =>
    signInUser(handle, { issuer: "email", subject: email, label: email }, now),
  );

  await t.test("whoever bought nothing has the lowest tier", async () => {
    assert.deepEqual(await run("tier.show", { who: email }), { tier: "free", until: null, bundles: [], changes: [] });
  });

  await t.test("a tier is given for good or until a date, and taken by giving the lowest", async () => {
    const until = "2027-01-31T00:00:00.000Z";
    const pro = await run("tier.set", { who: " ANA@example.com", tier: "pro", until: "2027-01-31" });
    assert.deepEqual([pro.tier, pro.until, pro.bundles], ["pro", until, ["signals"]]);
    assert.deepEqual(told, [ana], "the running server forgets what it knew");
    assert.equal((await run("tier.set", { who: ana, tier: "pro" })).until, null, "by id as well");
    const free = await run("tier.set", { who: email, tier: "free" });
    assert.deepEqual([free.tier, free.changes.length, free.changes[0]?.provider], ["free", 3, "operator"]);
  });

  await t.test("a bundle is given beside the tier, and taken", async () => {
    assert.deepEqual((await run("bundle.grant", { who: email, bundle: "labs" })).bundles, ["labs"]);
    assert.equal((await run("bundle.revoke", { who: email, bundle: "labs" })).changed, true);
    assert.equal((await run("bundle.revoke", { who: email, bundle: "labs" })).changed, false);
  });

  await t.test("what cannot be done is refused, and says why", async () => {
    assert.equal(await refused("tier.set", { who: email, tier: "gold" }), "invalid_input");
    assert.equal(await refused("tier.set", { who: email, tier: "pro", until: "2026-11-20" }), "invalid_input");
    for (const until of ["tomorrow", "2027-02-30", 7, "0000-01-01"])
      assert.equal(await refused("tier.set", { who: email, tier: "pro", until }), "invalid_input", String(until));
    for (const name of ["tier.show", "tier.set", "bundle.grant", "bundle.revoke"]) {
      const more = name === "tier.set" ? { tier: "pro" } : name === "tier.show" ? {} : { bundle: "labs" };
      assert.equal(await refused(name, { who: "nobody@example.com", ...more }), "not_found", name);
      assert.equal(await refused(name, { who: randomUUID(), ...more }), "not_found", name);
      assert.equal(await refused(name, { who: "ana", ...more }), "invalid_input", name);
    }
  });
});
