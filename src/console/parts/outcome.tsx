import type { Receipt } from "../contract.ts";
import { AskedIcon, DoneIcon, RefusedIcon, RunningIcon, TroubleIcon, UnknownIcon } from "./icons.tsx";

const outcomes = {
  ok: { Icon: DoneIcon, word: "Done" },
  refused: { Icon: RefusedIcon, word: "Refused" },
  failed: { Icon: TroubleIcon, word: "Failed" },
  open: { Icon: RunningIcon, word: "Under way" },
  asked: { Icon: AskedIcon, word: "Asked you" },
  unknown: { Icon: UnknownIcon, word: "Outcome unknown" },
} as const;

/** How a call ended, in a word. */
export const outcomeWord = (outcome: Receipt["outcome"]): string => outcomes[outcome].word;

/** Every way in which a call can stand, to choose from. */
export const outcomeOptions = (["ok", "refused", "failed", "open", "asked", "unknown"] as const).map((value) => ({
  value,
  words: outcomes[value].word,
}));

interface OutcomeLabelProps extends Pick<Receipt, "outcome"> {
  /** The word is for those who do not see the sign. */
  readonly signOnly?: boolean;
}

/** How a call ended, as a sign and a word. Only what is proven done is green. */
export function OutcomeLabel({ outcome, signOnly = false }: OutcomeLabelProps) {
  const { Icon, word } = outcomes[outcome];
  return (
    <span className={outcome === "ok" ? "outcome is-ok" : "outcome"}>
      <Icon small />
      {signOnly ? <span className="is-hidden-to-eyes">{word}</span> : word}
    </span>
  );
}
