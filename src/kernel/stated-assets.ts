import { assetKey, USD } from "./caps.ts";
import type { ToolFacts } from "./tool.ts";

type Spender = Pick<ToolFacts, "effect" | "spends">;

/** Whether a tool may say that it spends something in this asset. One that moves money and declares nothing may say any. */
export function mayState({ effect, spends }: Spender, asset: string): boolean {
  if (spends === undefined) return effect === "money";
  return assetKey(asset) === USD || spends.some((one) => assetKey(one) === assetKey(asset));
}

/**
 * The assets in which tools say what they spend, each by its key, with `usd`: a cap on any other counts nothing.
 * @returns null where some tool may say any.
 */
export function statedAssets(tools: readonly Spender[]): ReadonlySet<string> | null {
  if (tools.some((tool) => tool.effect === "money" && tool.spends === undefined)) return null;
  return new Set([USD, ...tools.flatMap(({ spends = [] }) => spends.map(assetKey))]);
}

/** Says of a cap that it stops nothing, where that is so; null where it counts. */
export function capNote(asset: string, stated: ReadonlySet<string> | null): string | null {
  if (stated === null || stated.has(assetKey(asset))) return null;
  return `No tool of this server says what it spends in ${asset}, so this limit stops nothing. A limit in US dollars (usd) counts whatever is spent.`;
}
