import { Button, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { Trouble } from "./trouble.tsx";
import { WorkButton } from "./work-button.tsx";

interface DialogProps {
  readonly opened: boolean;
  readonly title: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A question over the page. Escape and Close take it back. */
export const Dialog = ({ opened, title, onClose, children }: DialogProps) => (
  <Modal
    opened={opened}
    onClose={onClose}
    title={title}
    centered
    closeButtonProps={{ "aria-label": "Close" }}
    transitionProps={{ duration: 0 }}
  >
    {children}
  </Modal>
);

interface AnswersProps {
  readonly act: { readonly error: Error | null; readonly isPending: boolean; mutate(): void };
  /** The harmless answer; it has the focus. */
  readonly keep: string;
  readonly confirm: string;
  /** Red: what cannot be undone. */
  readonly final?: boolean;
  readonly disabled?: boolean;
  /** True when something else in the dialog takes the focus. */
  readonly focusElsewhere?: boolean;
  readonly onClose: () => void;
}

/** The two answers to a dialog's question, and why the last one did not work. */
export function Answers({ act, keep, confirm, final, disabled, focusElsewhere, onClose }: AnswersProps) {
  return (
    <>
      {act.error && <Trouble error={act.error} />}
      <div className="actions is-end">
        <Button variant="default" onClick={onClose} data-autofocus={focusElsewhere ? undefined : true}>
          {keep}
        </Button>
        <WorkButton
          className={final ? "is-final" : ""}
          onClick={() => act.mutate()}
          working={act.isPending}
          disabled={disabled ?? false}
        >
          {confirm}
        </WorkButton>
      </div>
    </>
  );
}
