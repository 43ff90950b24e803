import { capNote } from "../kernel/stated-assets.ts";
import type { SpendingView } from "../ledger/spending-view.ts";

/**
 * A person's policy with what is to be said of it: which caps count nothing here, and which assets are stated at all.
 * Beside the caps, so that these may be sent back as they are shown.
 * @param stated null where a tool may state any.
 */
export function withNotes(view: SpendingView, stated: ReadonlySet<string> | null) {
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
