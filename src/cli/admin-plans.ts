import * as z from "zod";
import { AppError } from "../kernel/errors.ts";
import { readConfiguration } from "./configuration.ts";
import { runCommand } from "./run-command.ts";

/** The ways to use it. A person is named by the address of a proven code, or by their id. */
export const admitted = [
  "npm start -- admin tier set EMAIL TIER [--until DATE]",
  "npm start -- admin tier show EMAIL",
  "npm start -- admin bundle grant EMAIL BUNDLE [--until DATE]",
  "npm start -- admin bundle revoke EMAIL BUNDLE",
].join("\n");

const answer = z.object({
  tier: z.string(),
  until: z.string().nullable(),
  bundles: z.array(z.string()),
  ownBundles: z.array(z.object({ bundle: z.string(), until: z.string().nullable() })),
  changed: z.boolean().optional(),
  changes: z.array(
    z.object({
      tier: z.string(),
      status: z.string(),
      until: z.string().nullable(),
      provider: z.string(),
      at: z.string(),
    }),
  ),
});

const untilText = (until: string | null): string => (until === null ? "" : ` until ${until}`);

const shown = (who: string, held: z.output<typeof answer>): string =>
  [
    `${who} has ${held.tier}${untilText(held.until)}.`,
    ...(held.bundles.length > 0 ? [`Bundles  ${held.bundles.join(", ")}`] : []),
    ...held.ownBundles.map(({ bundle, until }) => `Given    ${bundle}${untilText(until)}`),
    ...held.changes.map(
      ({ at, provider, tier, status, until }) => `${at}  ${provider.padEnd(8)}  ${tier}, ${status}${untilText(until)}`,
    ),
  ].join("\n");

/** The command and its input, by the words. @throws AppError `invalid_request` with the usage. */
function commandOf(kind: "tier" | "bundle", words: readonly string[], until: string | undefined) {
  const [what, who, name, ...more] = words;
  const end = until === undefined ? {} : { until };
  if (who !== undefined && more.length === 0) {
    if (kind === "tier" && what === "set" && name !== undefined)
      return { who, command: "tier.set", input: { who, tier: name, ...end } };
    if (kind === "tier" && what === "show" && name === undefined && until === undefined)
      return { who, command: "tier.show", input: { who } };
    if (kind === "bundle" && what === "grant" && name !== undefined)
      return { who, command: "bundle.grant", input: { who, bundle: name, ...end } };
    if (kind === "bundle" && what === "revoke" && name !== undefined && until === undefined)
      return { who, command: "bundle.revoke", input: { who, bundle: name } };
  }
  throw new AppError("invalid_request", `That is not a way to use \`admin ${kind}\`.`, { next: admitted });
}

/**
 * `npm start -- admin tier …` and `npm start -- admin bundle …`: what a person has, said by the operator.
 * @throws AppError `invalid_request` with the usage; what the command itself throws.
 */
export async function plan(
  kind: "tier" | "bundle",
  words: readonly string[],
  until: string | undefined,
): Promise<void> {
  const { who, command, input } = commandOf(kind, words, until);
  const held = answer.parse(await runCommand(readConfiguration(), command, input));
  if (held.changed === false) console.log("Nothing changed.");
  console.log(shown(who, held));
}
