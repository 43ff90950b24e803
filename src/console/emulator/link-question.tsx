import { Button } from "@mantine/core";
import { Dialog } from "../parts/dialog.tsx";

/** A link that the widget asks the host to open, and where the answer goes. */
export interface AskedLink {
  readonly url: string;
  readonly answer: (opened: boolean) => void;
}

/** Asks the person before a widget's link is opened, and shows where it leads, whole. */
export function LinkQuestion({ asked, onDone }: { readonly asked: AskedLink | null; readonly onDone: () => void }) {
  const done = (opened: boolean): void => {
    asked?.answer(opened);
    onDone();
  };
  return (
    <Dialog opened={asked !== null} onClose={() => done(false)} title="The widget wants to open a link">
      {asked && (
        <div className="stack">
          <p className="mono">
            <bdi dir="ltr">{asked.url}</bdi>
          </p>
          <div className="actions is-end">
            <Button variant="default" onClick={() => done(false)} data-autofocus>
              Do not open it
            </Button>
            <Button component="a" href={asked.url} target="_blank" rel="noopener noreferrer" onClick={() => done(true)}>
              Open it
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
