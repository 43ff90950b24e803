import { assetKey, type Cap } from "../kernel/caps.ts";
import { decimalText } from "../kernel/money.ts";
import { type Spent, spentIn, type SpendPolicy } from "../kernel/spend.ts";

/** A cap, with what counts in its window. */
interface CapView {
  readonly asset: string;
  readonly perTransaction: string | null;
  readonly rolling: { readonly amount: string; readonly hours: number; readonly spent: string } | null;
}

/** A person's policy as they see it. Times are ISO 8601, amounts decimal strings in whole units. */
export interface PolicyView {
  readonly version: number;
  readonly caps: readonly CapView[];
  /** Those of whoever runs the server, which hold beside them. */
  readonly serverCaps: readonly CapView[];
  readonly recipientsOnly: boolean;
  readonly holdHours: number;
  readonly recipients: readonly {
    readonly recipient: string;
    readonly label: string;
    readonly addedAt: string;
    readonly usableFrom: string;
  }[];
  readonly freshAboveUsd: string;
  readonly freshAfterClicks: number;
}

function capView({ asset, perTransaction, rolling }: Cap, spent: readonly Spent[]): CapView {
  if (rolling === null) return { asset, perTransaction, rolling };
  const used = decimalText(spentIn(spent, { asset: assetKey(asset), hours: rolling.hours }));
  return { asset, perTransaction, rolling: { ...rolling, spent: used } };
}

/** Shows a policy to its person. @param spent what counts in each of its windows. */
export const spendingView = (policy: SpendPolicy, spent: readonly Spent[]): PolicyView => ({
  version: policy.version,
  caps: policy.caps.map((cap) => capView(cap, spent)),
  serverCaps: policy.serverCaps.map((cap) => capView(cap, spent)),
  recipientsOnly: policy.recipientsOnly,
  holdHours: policy.holdHours,
  recipients: policy.recipients.map(({ recipient, label, addedAt, usableFrom }) => ({
    recipient,
    label,
    addedAt: addedAt.toISOString(),
    usableFrom: usableFrom.toISOString(),
  })),
  freshAboveUsd: policy.freshAboveUsd,
  freshAfterClicks: policy.freshAfterClicks,
});
