import * as z from "zod";
import type { Tier, Tiers } from "../kernel/tiers.ts";
import { secret, setting } from "./describe.ts";
import { checked, ensure, httpsUrl } from "./fields.ts";

const name = z.string().regex(/^[a-z][a-z0-9_-]{0,30}$/, "must have 1 to 31 small letters, digits, - and _");
const title = z
  .string()
  .min(1)
  .max(60)
  .refine((text) => !/\p{C}/u.test(text), "must be printable");

const tier = z.strictObject({
  name,
  title,
  callsPerMinute: z.number().int().min(0).max(100_000_000).optional(),
  perDay: z.record(z.string().min(1).max(128), z.number().int().min(1).max(1_000_000_000)).default({}),
  bundles: z.array(name).max(100).default([]),
});

/** A tier as the settings say it: what they leave out comes from BELLHOP_CALLS_PER_MINUTE. */
type SetTier = z.output<typeof tier>;
type SetTiers = readonly [SetTier, ...SetTier[]];

const tierList = z
  .tuple([tier], tier)
  .refine((tiers) => tiers.length <= 20, "at most 20 tiers")
  .refine((tiers) => new Set(tiers.map((one) => one.name)).size === tiers.length, "two tiers share a name");

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const SHAPE = "must be a JSON list of tiers, the lowest first, each with name and title";

/** The list, or a sentence with the place that is wrong. */
const tiers: z.ZodType<SetTiers, string> = z.string().transform((text, context): SetTiers => {
  const read = tierList.safeParse(jsonOf(text));
  if (read.success) return read.data;
  const [first] = read.error.issues;
  const place =
    first && first.path.length > 0 ? `; at ${first.path.join(".")}: ${first.message}` : `; ${first?.message}`;
  context.addIssue({ code: "custom", message: `${SHAPE}${place}` });
  return z.NEVER;
});

/** A tool, and the lowest tier that has it. */
export interface ToolTier {
  readonly tool: string;
  readonly tier: string;
}

const toolTiers: z.ZodType<readonly ToolTier[], string> = checked(
  "must be tool=tier, separated by commas, each tool once",
  (text) => {
    const pairs = text.split(",").map((pair) => {
      const [, tool = "", wanted = ""] = /^\s*([\w.-]{1,128})\s*=\s*([a-z][a-z0-9_-]{0,30})\s*$/.exec(pair) ?? [];
      ensure(tool !== "");
      return { tool, tier: wanted };
    });
    ensure(new Set(pairs.map(({ tool }) => tool)).size === pairs.length);
    return pairs;
  },
);

/** 24 to 64 random bytes in base64 after `whsec_` (Standard Webhooks, "Signature scheme"). */
function keyOf(text: string): Buffer {
  const [, base64 = ""] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const key = Buffer.from(base64, "base64");
  ensure(key.length >= 24 && key.length <= 64);
  return key;
}

const webhookSecrets: z.ZodType<readonly Buffer[], string> = checked(
  "must be whsec_ and 24 to 64 bytes in base64; several, separated by spaces, while one follows another",
  (text) => text.split(/[\s,]+/).map(keyOf),
);

/** What people may buy: a part of the one schema. */
export const tierSettings = {
  BELLHOP_TIERS: setting(
    "Tiers",
    "Tiers that are sold, the lowest first, as JSON: `name`, `title`, and if wanted `callsPerMinute`, `perDay` (calls of a tool a day, UTC) and `bundles`. Everybody has the first. [tiers.md](tiers.md) says more.",
    '[{"name":"free","title":"Free","perDay":{"extract_intent":20}},{"name":"pro","title":"Pro"}]',
    tiers.optional(),
  ),
  BELLHOP_TOOL_TIERS: setting(
    "Tiers",
    "The lowest tier that has a tool, as `tool=tier` separated by commas. It wins over what the tool says itself.",
    "extract_intent=pro",
    toolTiers.optional(),
  ),
  BELLHOP_UPGRADE_URL: setting(
    "Tiers",
    "Where people change their plan; every refusal for want of a tier links there.",
    "https://example.com/pricing",
    httpsUrl.optional(),
  ),
  BILLING_WEBHOOK_SECRET: secret(
    "Tiers",
    "Signs what your billing sends to `/webhooks/billing` (Standard Webhooks). While it is changed, both secrets, separated by a space. Without it that address does not exist.",
    "the output of `echo whsec_$(openssl rand -base64 32)`",
    webhookSecrets.optional(),
  ),
};

/** What people may buy, and where. */
export interface TierConfig {
  readonly tiers: Tiers;
  /** What an operator demands for single tools, whatever they say themselves. */
  readonly toolTiers: readonly ToolTier[];
  readonly upgradeUrl: string;
  /** Secrets that sign what the billing sends; empty means that nothing is taken from it. */
  readonly billingSecrets: readonly Uint8Array[];
}

/** Two that differ in name alone, until the settings say more. */
const DEFAULT: SetTiers = [
  { name: "free", title: "Free", perDay: {}, bundles: [] },
  { name: "pro", title: "Pro", perDay: {}, bundles: [] },
];

type Values = z.output<z.ZodObject<typeof tierSettings>>;

/** @param callsPerMinute what a tier has that does not say its own. */
export function tiersOf(values: Values, baseUrl: string, callsPerMinute: number): TierConfig {
  const whole = (given: SetTier): Tier =>
    Object.freeze({
      ...given,
      callsPerMinute: given.callsPerMinute ?? callsPerMinute,
      perDay: Object.freeze(given.perDay),
      bundles: Object.freeze(given.bundles),
    });
  const [lowest, ...others] = values.BELLHOP_TIERS ?? DEFAULT;
  const sold: Tiers = [whole(lowest), ...others.map(whole)];
  return Object.freeze({
    tiers: Object.freeze(sold),
    toolTiers: Object.freeze(values.BELLHOP_TOOL_TIERS ?? []),
    upgradeUrl: values.BELLHOP_UPGRADE_URL ?? `${baseUrl}/app/usage`,
    billingSecrets: Object.freeze(values.BILLING_WEBHOOK_SECRET ?? []),
  });
}

/** What of the settings speaks of a tier that they do not sell. */
export const tierProblems = ({ tiers: sold, toolTiers: demanded }: TierConfig): { name: string; why: string }[] =>
  demanded
    .filter((one) => sold.every((known) => known.name !== one.tier))
    .map((one) => ({
      name: "BELLHOP_TOOL_TIERS",
      why: `names the tier ${one.tier}, which is not sold; there are ${sold.map((known) => known.name).join(", ")}`,
    }));
