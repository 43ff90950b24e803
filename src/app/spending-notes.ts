import type { Cap } from "../kernel/caps.ts";
import { capNote, statedAssets } from "../kernel/stated-assets.ts";
import type { ToolFacts } from "../kernel/tool.ts";
import type { PolicyView } from "../ledger/spending-view.ts";

/**
 * A person's policy with what is to be said of it: which caps count nothing here, and which assets are stated at all.
 * Beside the caps, so that these may be sent back as they are shown.
 * @param stated null where a tool may state any.
 */
export function withNotes(view: PolicyView, stated: ReadonlySet<string> | null) {
  const assets = new Set([...view.caps, ...view.serverCaps].map(({ asset }) => asset));
  return {
    ...view,
    assets: stated === null ? null : [...stated].toSorted(),
    notes: [...assets].flatMap((asset) => {
      const sentence = capNote(asset, stated);
      return sentence === null ? [] : [{ asset, sentence }];
    }),
  };
}

/** Says of the operator's own caps which of them stop nothing: nobody else sees those, so it is said at the start. */
export const idleCaps = (caps: readonly Cap[], tools: readonly ToolFacts[]): readonly string[] => {
  const stated = statedAssets(tools);
  return caps.flatMap(({ asset }) => capNote(asset, stated) ?? []).map((note) => `BELLHOP_SPEND_CAPS: ${note}`);
};
