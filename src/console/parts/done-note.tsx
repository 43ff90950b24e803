import type { ReactNode } from "react";
import { ReceiptButton } from "../approvals/receipt-button.tsx";
import { DoneIcon } from "./icons.tsx";

/** What was done, and its receipt where there is one. */
export interface Done {
  readonly words: ReactNode;
  readonly receiptId: string | null;
}

/** Says what was changed just now, with the way to its receipt; read out without taking the focus. */
export const DoneNote = ({ done }: { readonly done: Done | null }) => (
  <div role="status" className="done-place">
    {done && (
      <div className="done">
        <DoneIcon />
        <div>
          <p>{done.words}</p>
          {done.receiptId !== null && (
            <p>
              <ReceiptButton key={done.receiptId} id={done.receiptId} />
            </p>
          )}
        </div>
      </div>
    )}
  </div>
);
