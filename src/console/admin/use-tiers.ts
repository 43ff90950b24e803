import { useQuery } from "@tanstack/react-query";
import { useParts } from "../console-parts.ts";
import type { Usage } from "../usage/contract.ts";
import { usageQuery } from "../work-queries.ts";

/** What is sold here, the lowest first, as anybody's usage tells it; and what a tier is called. */
export function useTiers() {
  const { api } = useParts();
  const usage = useQuery(usageQuery(api));
  const tiers: Usage["tiers"] = usage.data?.tiers ?? [];
  /** Who has bought nothing has the lowest; one that is not sold any more keeps its name. */
  const nameOf = (tier: string): string => tier || (tiers[0]?.name ?? "");
  const titleOf = (tier: string): string => tiers.find(({ name }) => name === nameOf(tier))?.title ?? nameOf(tier);
  return { usage, tiers, nameOf, titleOf };
}
