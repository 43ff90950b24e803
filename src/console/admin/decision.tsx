import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { PasskeyAnswer, Proof } from "../contract.ts";
import { Answers, Dialog } from "../parts/dialog.tsx";
import { AfterSignIn } from "../parts/sign-in-again.tsx";
import { useToasts } from "../toasts/toasts.ts";
import { ADMIN } from "./admin-queries.ts";

/** Something that an administrator is about to do: a decision about others. About their own things a person has a `Question`. */
export interface Decision {
  readonly title: ReactNode;
  /** What will happen. */
  readonly about: ReactNode;
  readonly confirm: string;
  /** The harmless answer. */
  readonly keep: string;
  /** What was done, afterwards. */
  readonly done: ReactNode;
  /** Red: what cannot be undone. */
  readonly final?: boolean;
  /** @param passkey what the administrator's passkey has answered, where it was asked. */
  act(passkey?: PasskeyAnswer): Promise<Proof>;
}

interface DecisionDialogProps {
  /** Null while nothing is asked. */
  readonly decision: Decision | null;
  readonly onClose: () => void;
}

function Asked({ decision, onClose }: DecisionDialogProps & { readonly decision: Decision }) {
  const queries = useQueryClient();
  const toasts = useToasts();
  const here = useRouterState({ select: ({ location }) => location.pathname });
  const act = useMutation({
    mutationFn: (passkey: PasskeyAnswer | void) => decision.act(passkey ?? undefined),
    onSuccess: () => {
      toasts.show({ words: decision.done });
      onClose();
      return queries.invalidateQueries({ queryKey: [ADMIN] });
    },
  });
  return (
    <AfterSignIn act={act} back={{ to: here }}>
      <div className="stack">
        <p>{decision.about}</p>
        <Answers
          act={act}
          keep={decision.keep}
          confirm={decision.confirm}
          final={decision.final ?? false}
          onClose={onClose}
        />
      </div>
    </AfterSignIn>
  );
}

/** Asks before it is done, and says what will happen. */
export const DecisionDialog = ({ decision, onClose }: DecisionDialogProps) => (
  <Dialog opened={decision !== null} onClose={onClose} title={decision?.title}>
    {decision && <Asked decision={decision} onClose={onClose} />}
  </Dialog>
);
