import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { PasskeyAnswer } from "../contract.ts";
import { Answers, Dialog } from "./dialog.tsx";
import { focusPageIfLost } from "./focus-page.ts";
import { AfterSignIn } from "./sign-in-again.tsx";

/** Something that the person is about to do. */
export interface Question {
  readonly title: ReactNode;
  /** What will happen. */
  readonly about: ReactNode;
  /** The harmless answer. */
  readonly keep: string;
  readonly confirm: string;
  /** Red: what cannot be undone. */
  readonly final?: boolean;
  /**
   * Does it, and has what is shown read again.
   * @param passkey what the person's passkey has answered, where it was asked.
   */
  act(passkey?: PasskeyAnswer): Promise<unknown>;
}

interface QuestionDialogProps {
  /** Null while nothing is asked. */
  readonly question: Question | null;
  /** The page that it stands on. */
  readonly to: string;
  readonly onClose: () => void;
}

function Asked({ question, to, onClose }: QuestionDialogProps & { readonly question: Question }) {
  const act = useMutation({
    mutationFn: (passkey: PasskeyAnswer | void) => question.act(passkey ?? undefined),
    onSuccess: () => {
      onClose();
      focusPageIfLost();
    },
  });
  return (
    <AfterSignIn act={act} back={{ to }}>
      <div className="stack">
        <div>{question.about}</div>
        <Answers
          act={act}
          keep={question.keep}
          confirm={question.confirm}
          final={question.final ?? false}
          onClose={onClose}
        />
      </div>
    </AfterSignIn>
  );
}

/** Asks before it is done, and says what will happen. */
export const QuestionDialog = ({ question, to, onClose }: QuestionDialogProps) => (
  <Dialog opened={question !== null} onClose={onClose} title={question?.title}>
    {question && <Asked question={question} to={to} onClose={onClose} />}
  </Dialog>
);
