import { ConfigError } from "../config/config.ts";
import type { TierConfig } from "../config/tier-settings.ts";
import type { Toolset } from "../kernel/tool.ts";

const TIERS = "BELLHOP_TIERS";
const TOOL_TIERS = "BELLHOP_TOOL_TIERS";

/** Every tool that the settings name, and where. */
const namedIn = ({ tiers, toolTiers }: TierConfig): readonly (readonly [setting: string, tool: string])[] => [
  ...tiers.flatMap(({ perDay }) => Object.keys(perDay).map((tool) => [TIERS, tool] as const)),
  ...toolTiers.map(({ tool }) => [TOOL_TIERS, tool] as const),
];

/**
 * Holds the settings to the tools that there are. What a person does with their own account, such as deleting it, and
 * what administrators do, is never for sale.
 * @throws ConfigError naming each tool that cannot be named.
 */
function requireKnown(toolsets: readonly Toolset<never>[], plans: TierConfig): void {
  const audiences = new Map(
    toolsets.flatMap(({ tools }) => tools.map(({ name, audience }) => [name, audience] as const)),
  );
  const problems = namedIn(plans).flatMap(([name, tool]) => {
    const audience = audiences.get(tool);
    if (audience === "assistant") return [];
    return [
      {
        name,
        why: audience === undefined ? `names ${tool}, which is no tool here` : `names ${tool}, which is a person's own`,
      },
    ];
  });
  if (problems.length > 0) throw new ConfigError(problems);
}

/**
 * The toolsets with the tiers that the operator demands in the place of what the tools say themselves.
 * @throws ConfigError when the settings name a tool that is none, or that nobody can be kept from.
 */
export function withToolTiers<Handle>(
  toolsets: readonly Toolset<Handle>[],
  plans: TierConfig,
): readonly Toolset<Handle>[] {
  requireKnown(toolsets, plans);
  const demanded = new Map(plans.toolTiers.map(({ tool, tier }) => [tool, tier]));
  return toolsets.map((toolset) => ({
    ...toolset,
    tools: toolset.tools.map((tool) => {
      const tier = demanded.get(tool.name);
      return tier === undefined ? tool : { ...tool, tier };
    }),
  }));
}
