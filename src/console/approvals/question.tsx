import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError } from "../api.ts";
import { useParts } from "../console-parts.ts";
import { canUsePasskey } from "../parts/passkey.ts";
import { needsFreshSignIn } from "../parts/sign-in-again.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { WorkButton } from "../parts/work-button.tsx";
import { pauseQuery } from "../work-queries.ts";
import type { Approval } from "./contract.ts";
import { FreshDialog } from "./fresh-dialog.tsx";
import { TimeLeft } from "./time-left.tsx";
import { type Decide, type DecisionEnds, useDecision } from "./use-decision.ts";

interface QuestionProps extends Pick<DecisionEnds, "onDecided" | "onTooLate"> {
  readonly approval: Approval;
  /** The id of the element that says what is decided. */
  readonly about: string;
}

const isPaused = (error: Error): boolean => error instanceof ApiError && error.facts.code === "paused";

/** Why the last press came to nothing. What is asked in the dialog is no trouble. */
function DecisionTrouble({ error }: { readonly error: Error }) {
  const { api } = useParts();
  const { data } = useQuery(pauseQuery(api));
  if (needsFreshSignIn(error)) return null;
  // What the operator paused, the person cannot resume: then the error itself says what to do.
  if (!isPaused(error) || data?.operatorPausedAt) return <Trouble error={error} />;
  return (
    <>
      <Trouble
        error={error}
        next="Resume first, then approve. Until then it stays here, as long as its time runs."
        isExpected
      />
      <p className="small">
        <Link to="/limits">Open the limits</Link>
      </p>
    </>
  );
}

/** Says before the press that a pause holds; nothing where none does. */
function PausedFirst() {
  const { api } = useParts();
  const { data } = useQuery(pauseQuery(api));
  if (data && data.operatorPausedAt !== null)
    return (
      <p className="small">
        The operator of this server has paused everything, so it cannot be approved until they resume it. You can reject
        it now.
      </p>
    );
  if (!data || data.pausedAt === null) return null;
  return (
    <p className="small">
      You have paused everything, so it cannot be approved yet. To approve it, <Link to="/limits">resume first</Link>.
      You can reject it now.
    </p>
  );
}

/** Two answers of equal weight. Neither has the focus before the person gives it. */
function Answers({ decide, about }: { readonly decide: Decide; readonly about: string }) {
  const { sending, press } = decide;
  const pressed = sending.isPending ? sending.variables.decision : null;
  const answer = (decision: "approve" | "reject") => ({
    variant: "default",
    working: pressed !== null,
    "aria-describedby": about,
    onClick: () => press({ decision }),
  });
  return (
    <div className="actions is-even decision">
      <WorkButton {...answer("reject")}>{pressed === "reject" ? "Rejecting" : "Reject"}</WorkButton>
      <WorkButton {...answer("approve")}>{pressed === "approve" ? "Approving" : "Approve"}</WorkButton>
    </div>
  );
}

const freshWords = (): string =>
  canUsePasskey() ? "You will be asked to sign in again or use a passkey." : "You will be asked to sign in again.";

/** Yes or no, while there is time. */
export function Question({ approval, about, onDecided, onTooLate }: QuestionProps) {
  const [ways, setWays] = useState<readonly string[] | null>(null);
  const decide = useDecision(approval, { onDecided, onTooLate, onFresh: setWays });
  const { error } = decide.sending;
  return (
    <div className="stack">
      <p className="time-line">
        <TimeLeft until={approval.expiresAt} /> <span className="quiet">to decide</span>
      </p>
      {approval.strength === "fresh" && (
        <p className="small">
          To approve this, one more step is needed. {freshWords()} To reject it, nothing else is needed.
        </p>
      )}
      {!(error && isPaused(error)) && <PausedFirst />}
      <Answers decide={decide} about={about} />
      {error && ways === null && <DecisionTrouble error={error} />}
      <FreshDialog approval={approval} ways={ways} decide={decide} onClose={() => setWays(null)} />
    </div>
  );
}
