import { AskedIcon, DoneIcon, RefusedIcon, RunningIcon, TroubleIcon, UnknownIcon } from "../parts/icons.tsx";
import type { Approval } from "./contract.ts";

const runs = {
  queued: { Icon: RunningIcon, word: "Approved, about to start", look: "" },
  running: { Icon: RunningIcon, word: "Approved, under way", look: "" },
  completed: { Icon: DoneIcon, word: "Approved and done", look: "is-ok" },
  failed: { Icon: TroubleIcon, word: "Approved, but it failed", look: "" },
  cancelled: { Icon: RefusedIcon, word: "Approved, then cancelled", look: "" },
  unknown: { Icon: UnknownIcon, word: "Approved, outcome unknown", look: "" },
} as const;

const decisions = {
  pending: { Icon: AskedIcon, word: "Waits for you", look: "is-waiting" },
  rejected: { Icon: RefusedIcon, word: "Rejected", look: "" },
  expired: { Icon: RunningIcon, word: "Not decided in time", look: "" },
  void: { Icon: TroubleIcon, word: "No longer valid", look: "" },
} as const;

type Standing = Pick<Approval, "status" | "run">;

const standOf = ({ status, run }: Standing) => (status === "approved" ? runs[run ?? "queued"] : decisions[status]);

/** How an approval stands, in a few words. */
export const statusWords = (approval: Standing): string => standOf(approval).word;

/** How an approval stands, and what came of it, as a sign and words. Amber waits; only what is proven done is green. */
export function StatusLabel({ approval }: { readonly approval: Standing }) {
  const { Icon, word, look } = standOf(approval);
  return (
    <span className={`outcome ${look}`}>
      <Icon small />
      {word}
    </span>
  );
}
