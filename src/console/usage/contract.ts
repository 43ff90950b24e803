import { type Guarded, isListOf, isNullOr, isNumber, isShape, isText } from "../../ui/guards.ts";

const isUsedTool = isShape({
  name: isText,
  title: isText,
  usedToday: isNumber,
  perDay: isNullOr(isNumber),
  needs: isNullOr(isText),
});
/** A tool, and how much of it was used today. */
export type UsedTool = Guarded<typeof isUsedTool>;

export const isUsage = isShape({
  tier: isShape({ name: isText, title: isText, until: isNullOr(isText) }),
  bundles: isListOf(isText),
  callsPerMinute: isNullOr(isNumber),
  callsToday: isNumber,
  resetsAt: isText,
  tools: isListOf(isUsedTool),
  tiers: isListOf(isShape({ name: isText, title: isText, callsPerMinute: isNullOr(isNumber) })),
  upgradeUrl: isText,
});
/** What the person has, and what they have used of it. */
export type Usage = Guarded<typeof isUsage>;
