import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef } from "react";
import { legible } from "../../ui/legible.ts";
import { useParts } from "../console-parts.ts";
import type { Job } from "../jobs/contract.ts";
import { DoneIcon, RefusedIcon, RunningIcon, TroubleIcon, UnknownIcon } from "../parts/icons.tsx";
import { useBeginning } from "../parts/words.tsx";
import { goesOn, jobQuery } from "./approvals-queries.ts";
import { cameOfIt } from "./came-of-it.ts";
import type { Approval } from "./contract.ts";
import { ReceiptButton } from "./receipt-button.tsx";
import { Said } from "./said.tsx";

const signs = {
  done: DoneIcon,
  waiting: RunningIcon,
  refused: RefusedIcon,
  trouble: TroubleIcon,
  unknown: UnknownIcon,
} as const;

/** How far the work is. */
function Progress({ progress }: { readonly progress: NonNullable<Job["progress"]> }) {
  const { stage, percent } = progress;
  return (
    <div className="stack is-tight">
      <p className="small">
        <Said text={stage} limit={120} />
        {percent !== null && <span className="numbers"> · {Math.round(percent)} %</span>}
      </p>
      {percent !== null && <progress max={100} value={percent} aria-label="Progress" />}
    </div>
  );
}

/** What the tool answered in the end. */
function Result({ text }: { readonly text: string }) {
  const { shown, more } = useBeginning(text, 600);
  if (text.trim() === "") return null;
  return (
    <div className="stack is-tight">
      <p className="result-words" dir="auto">
        {legible(shown, text.length)}
      </p>
      {more}
    </div>
  );
}

function Work({ approval }: { readonly approval: Approval }) {
  const { api } = useParts();
  const { data: job } = useQuery(jobQuery(api, approval.id));
  if (!job) return null;
  return (
    <>
      {goesOn(approval) && job.progress && <Progress progress={job.progress} />}
      {approval.run === "completed" && job.resultPayload && <Result text={job.resultPayload.text} />}
    </>
  );
}

interface OutcomeNoteProps {
  readonly approval: Approval;
  /** What else there is to say, such as that it was decided in another window. */
  readonly aside: ReactNode;
  /** True where the person has waited for it on this page: it takes the focus over from what is gone. */
  readonly takesFocus: boolean;
}

/** What came of it, live, with its receipt. */
export function OutcomeNote({ approval, aside, takesFocus }: OutcomeNoteProps) {
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (takesFocus) note.current?.focus();
  }, [takesFocus]);
  useEffect(() => {
    const { current } = note;
    // What the tool answered comes later: it is not to grow out of the window while the person is at it.
    const grown = new ResizeObserver(() => {
      if (current && document.activeElement === current) current.scrollIntoView({ block: "nearest" });
    });
    if (current) grown.observe(current);
    return () => grown.disconnect();
  }, []);
  const { sign, heading, words } = cameOfIt(approval);
  const Sign = signs[sign];
  const { id, error, run, status } = approval;
  return (
    <section className={`outcome-note is-${sign}`} ref={note} tabIndex={-1} aria-labelledby="came-of-it">
      <Sign />
      <div className="stack is-tight">
        <div role="status" className="stack is-tight">
          <h2 id="came-of-it">{heading}</h2>
          {aside}
          {error && (
            <p>
              <Said text={error.message} limit={400} />
            </p>
          )}
          <p className="quiet">{legible(words, 400)}</p>
        </div>
        {status === "approved" && <Work approval={approval} />}
        {run !== null && (
          <div className="actions is-quiet">
            <ReceiptButton id={id} />
            <a href={`/app/jobs/${id}`} className="small job-link">
              See the work
            </a>
          </div>
        )}
      </div>
    </section>
  );
}
