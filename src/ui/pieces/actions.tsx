import { type ReactNode, useEffect, useRef } from "react";
import { legible } from "../legible.ts";
import type { ToolAnswer } from "../tool-answer.ts";
import { type ToolRequest, useToolAction } from "../use-tool-action.ts";
import { PendingNote } from "./pending-note.tsx";
import { TroubleNote } from "./trouble-note.tsx";

/** One button, and the call that it makes. */
interface Choice extends ToolRequest {
  /** A verb: "Approve". */
  readonly label: string;
}

interface ActionsProps {
  /** What the buttons act on, for those who hear them one by one: "Approve the trip to Lisbon". */
  readonly about: string;
  readonly choices: readonly Choice[];
  /** Where it stands now, in a word, beside the buttons. */
  readonly status?: ReactNode;
  /** Looks at the answer's data, takes over what changed, and returns false when it proves nothing. */
  readonly succeeded: (data: ToolAnswer["data"]) => boolean;
}

/** Buttons that call tools through the host: one call at a time, its end told, its failure shown with a way to try again. */
export function Actions({ about, choices, status, succeeded }: ActionsProps) {
  const { running, trouble, done, waits, start, again } = useToolAction(succeeded);
  const buttons = useRef<HTMLDivElement>(null);
  // The button that was pressed may be gone once it has done its work; the next one takes the focus over.
  useEffect(() => {
    if (done !== "" && document.activeElement === document.body) buttons.current?.querySelector("button")?.focus();
  }, [done]);
  return (
    <>
      <div className="actions" ref={buttons} aria-busy={running}>
        {status}
        {choices.map(({ label, ...request }) => (
          // Not `disabled`: that would take the focus away from the button that was just pressed.
          <button
            key={label}
            type="button"
            aria-disabled={running}
            aria-label={`${label} ${legible(about, 80)}`}
            onClick={() => start(request)}
          >
            {label}
          </button>
        ))}
        <span role="status" className={running ? "quiet small" : "is-hidden-to-eyes"}>
          {running ? "Asking…" : done}
        </span>
      </div>
      {waits && (
        <div role="status" className="whole-row">
          <PendingNote key={waits.id} pending={waits} />
        </div>
      )}
      {trouble && <TroubleNote {...trouble} onRetry={again} />}
    </>
  );
}
