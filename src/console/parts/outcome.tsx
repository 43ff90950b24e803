import type { Receipt } from "../contract.ts";
import { DoneIcon, RefusedIcon, RunningIcon, TroubleIcon } from "./icons.tsx";

const outcomes = {
  ok: { Icon: DoneIcon, word: "Done" },
  refused: { Icon: RefusedIcon, word: "Refused" },
  failed: { Icon: TroubleIcon, word: "Failed" },
  open: { Icon: RunningIcon, word: "Under way" },
} as const;

/** How a call ended, as a sign and a word. Only what is proven done is green. */
export function OutcomeLabel({ outcome }: Pick<Receipt, "outcome">) {
  const { Icon, word } = outcomes[outcome];
  return (
    <span className={outcome === "ok" ? "outcome is-ok" : "outcome"}>
      <Icon small />
      {word}
    </span>
  );
}
