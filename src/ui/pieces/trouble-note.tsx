import type { Trouble } from "../use-tool-action.ts";
import { OwnWords } from "./own-words.tsx";

interface TroubleNoteProps extends Trouble {
  /** Tries the same again; left out where that would not help. */
  readonly onRetry?: () => void;
}

/** What went wrong, in the words of whoever refused, and what can be done. */
export const TroubleNote = ({ heading, reason, onRetry }: TroubleNoteProps) => (
  <div role="alert" className="trouble">
    <strong>{heading}</strong>
    <OwnWords text={reason} lines={4} />
    {onRetry && (
      <button type="button" onClick={onRetry}>
        Try again
      </button>
    )}
  </div>
);
