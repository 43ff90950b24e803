import { type Guarded, isAbsentOr, isFlag, isListOf, isNullOr, isNumber, isShape, isText } from "../../ui/guards.ts";

const isCap = isShape({
  asset: isText,
  perTransaction: isNullOr(isText),
  rolling: isNullOr(isShape({ amount: isText, hours: isNumber, spent: isText })),
});
/** What may be spent of one asset at most: each time, and within some hours. Amounts are decimal, in whole units. */
export type Cap = Guarded<typeof isCap>;

const isRecipient = isShape({ recipient: isText, label: isText, addedAt: isText, usableFrom: isText });
/** Somebody who may be paid. */
export type Recipient = Guarded<typeof isRecipient>;

export const isSpending = isShape({
  version: isNumber,
  caps: isListOf(isCap),
  /** Assets that count here; null where any may. */
  assets: isNullOr(isListOf(isText)),
  /** Caps that stop nothing here, and why. */
  notes: isListOf(isShape({ asset: isText, sentence: isText })),
  recipientsOnly: isFlag,
  holdHours: isNumber,
  recipients: isListOf(isRecipient),
  freshAboveUsd: isText,
  freshAfterClicks: isNumber,
});
/** What the person lets assistants spend. */
export type Spending = Guarded<typeof isSpending>;

export const isPause = isShape({ pausedAt: isNullOr(isText), operatorPausedAt: isNullOr(isText) });
/** Whether the person has paused everything, or the operator has for them, which they cannot lift. */
export type Pause = Guarded<typeof isPause>;

/** A change of the person's, with its receipt where there is one. */
export const isChange = isNullOr(isShape({ receiptId: isAbsentOr(isText) }));
export type Change = Guarded<typeof isChange>;
