import { useState } from "react";
import type { Receipt } from "../contract.ts";
import { askedBy } from "../parts/channels.ts";
import { OutcomeLabel, outcomeWord } from "../parts/outcome.tsx";
import { ReceiptDrawer } from "../parts/receipt-drawer.tsx";
import { useFresh } from "../parts/use-fresh.ts";
import { When, useNow } from "../parts/when.tsx";
import { Words } from "../parts/words.tsx";
import { type Day, daysOf } from "./day.ts";

interface HappenedProps {
  readonly receipts: readonly Receipt[];
}

function HappenedRow({ receipt, onShow }: { readonly receipt: Receipt; readonly onShow: () => void }) {
  const fresh = useFresh(receipt);
  return (
    <li className={fresh ? "happened-row is-fresh" : "happened-row"}>
      <OutcomeLabel outcome={receipt.outcome} signOnly />
      <button type="button" className="text-button row-button" aria-haspopup="dialog" onClick={onShow}>
        <span>
          <Words text={askedBy(receipt)} />: <Words text={receipt.title} />
        </span>
      </button>
      {receipt.outcome !== "ok" && <span className="small quiet">{outcomeWord(receipt.outcome)}</span>}
      <span className="small quiet">
        <When at={receipt.startedAt} form="time" />
      </span>
    </li>
  );
}

function OneDay({ day, onShow }: { readonly day: Day; readonly onShow: (receipt: Receipt) => void }) {
  return (
    <div className="stack is-tight">
      <h2 className="day">{day.words}</h2>
      <ol className="happened">
        {day.receipts.map((receipt) => (
          <HappenedRow key={receipt.id} receipt={receipt} onShow={() => onShow(receipt)} />
        ))}
      </ol>
    </div>
  );
}

/** What was done in the person's name, day by day; a row opens its receipt. */
export function Happened({ receipts }: HappenedProps) {
  const now = useNow();
  const [shown, setShown] = useState<Receipt | null>(null);
  return (
    <>
      {daysOf(receipts, now).map((day) => (
        <OneDay key={day.words} day={day} onShow={setShown} />
      ))}
      <ReceiptDrawer receipt={receipts.find(({ id }) => id === shown?.id) ?? shown} onClose={() => setShown(null)} />
    </>
  );
}
