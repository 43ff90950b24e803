import type * as z from "zod";
import { type Cap, capsSchema } from "../kernel/caps.ts";
import { parseDecimal } from "../kernel/money.ts";
import { setting } from "./describe.ts";
import { checked, ensure, wholeNumber } from "./fields.ts";

const amount: z.ZodType<string, string> = checked("must be a decimal number such as 100 or 99.50", (text) => {
  ensure(parseDecimal(text) !== null);
  return text;
});

const caps: z.ZodType<readonly Cap[], string> = checked(
  "must be a JSON list of caps, each asset once: asset, and perTransaction, rolling (amount and hours, up to 744) or both",
  (text) => capsSchema.parse(JSON.parse(text)),
);

/** What assistants may spend: a part of the one schema. */
export const spendingSettings = {
  BELLHOP_SPEND_FRESH_ABOVE_USD: setting(
    "Spending",
    "Above this worth in US dollars, with what was approved by a click alone within 24 hours, a click does not approve: the person signs in again or uses a passkey. `0` asks for that whenever something is spent.",
    "250",
    amount.default("100"),
  ),
  BELLHOP_FRESH_AFTER_CLICKS: setting(
    "Spending",
    "After so many approvals by a click alone within 24 hours the person signs in again or uses a passkey for the next one, whatever it is worth. `0` asks for that each time.",
    "25",
    wholeNumber(0, 1_000_000).default(10),
  ),
  BELLHOP_RECIPIENT_HOLD_HOURS: setting(
    "Spending",
    "How many hours a recipient that a person adds to their list rests before it may be paid; 0 means not at all.",
    "48",
    wholeNumber(0, 8760).default(24),
  ),
  BELLHOP_SPEND_CAPS: setting(
    "Spending",
    "Caps that hold for everyone beside their own, as JSON. Amounts are decimal strings in whole units; `usd` counts what everything is worth.",
    '[{"asset":"usd","perTransaction":"500","rolling":{"amount":"2000","hours":24}}]',
    caps.optional(),
  ),
};

/** What the operator decides of spending, for everyone. */
export interface SpendingConfig {
  /** Hold beside a person's own. */
  readonly caps: readonly Cap[];
  /** How long a new recipient rests. */
  readonly holdHours: number;
  /** Above this worth a usual click does not decide, in US dollars. */
  readonly freshAboveUsd: string;
  /** After so many clicks within a day one does not decide any more. */
  readonly freshAfterClicks: number;
}

export const spendingOf = (values: z.output<z.ZodObject<typeof spendingSettings>>): SpendingConfig =>
  Object.freeze({
    caps: Object.freeze(values.BELLHOP_SPEND_CAPS ?? []),
    holdHours: values.BELLHOP_RECIPIENT_HOLD_HOURS,
    freshAboveUsd: values.BELLHOP_SPEND_FRESH_ABOVE_USD,
    freshAfterClicks: values.BELLHOP_FRESH_AFTER_CLICKS,
  });
