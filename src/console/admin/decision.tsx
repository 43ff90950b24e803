import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Proof } from "../contract.ts";
import { Answers, Dialog } from "../parts/dialog.tsx";
import { useToasts } from "../toasts/toasts.ts";
import { ADMIN } from "./admin-queries.ts";

/** Something that an administrator is about to do. */
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
  act(): Promise<Proof>;
}

interface DecisionDialogProps {
  /** Null while nothing is asked. */
  readonly decision: Decision | null;
  readonly onClose: () => void;
}

function Question({ decision, onClose }: DecisionDialogProps & { readonly decision: Decision }) {
  const queries = useQueryClient();
  const toasts = useToasts();
  const act = useMutation({
    mutationFn: () => decision.act(),
    onSuccess: () => {
      toasts.show({ words: decision.done });
      onClose();
      return queries.invalidateQueries({ queryKey: [ADMIN] });
    },
  });
  return (
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
  );
}

/** Asks before it is done, and says what will happen. */
export const DecisionDialog = ({ decision, onClose }: DecisionDialogProps) => (
  <Dialog opened={decision !== null} onClose={onClose} title={decision?.title}>
    {decision && <Question decision={decision} onClose={onClose} />}
  </Dialog>
);
