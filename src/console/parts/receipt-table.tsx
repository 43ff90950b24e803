import type { Receipt } from "../contract.ts";
import { askedBy } from "./channels.ts";
import { duration } from "./duration.ts";
import { OutcomeLabel } from "./outcome.tsx";
import { useFresh } from "./use-fresh.ts";
import { When } from "./when.tsx";
import { Words } from "./words.tsx";

interface ReceiptTableProps {
  readonly receipts: readonly Receipt[];
  readonly onShow: (receipt: Receipt) => void;
}

function ReceiptRow({ receipt, onShow }: { readonly receipt: Receipt; readonly onShow: () => void }) {
  const fresh = useFresh(receipt);
  return (
    <tr className={fresh ? "is-fresh" : undefined}>
      <td>
        <OutcomeLabel outcome={receipt.outcome} />
      </td>
      <td>
        <button type="button" className="text-button row-button" aria-haspopup="dialog" onClick={onShow}>
          <Words text={receipt.title} limit={60} />
        </button>
        <p className="small quiet only-phone">
          <Words text={askedBy(receipt)} limit={40} /> · <When at={receipt.startedAt} form="ago" />
        </p>
      </td>
      <td className="only-wide">
        <Words text={askedBy(receipt)} limit={40} />
      </td>
      <td className="only-wide numbers">{duration(receipt.latencyMs)}</td>
      <td className="only-wide numbers">
        <When at={receipt.startedAt} form="ago" />
      </td>
    </tr>
  );
}

/** Receipts in rows; a row opens the whole of one. */
export function ReceiptTable({ receipts, onShow }: ReceiptTableProps) {
  return (
    <table className="receipts">
      <caption className="is-hidden-to-eyes">Receipts, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Outcome</th>
          <th scope="col">Tool</th>
          <th scope="col" className="only-wide">
            Asked by
          </th>
          <th scope="col" className="only-wide">
            Took
          </th>
          <th scope="col" className="only-wide">
            When
          </th>
        </tr>
      </thead>
      <tbody>
        {receipts.map((receipt) => (
          <ReceiptRow key={receipt.id} receipt={receipt} onShow={() => onShow(receipt)} />
        ))}
      </tbody>
    </table>
  );
}
