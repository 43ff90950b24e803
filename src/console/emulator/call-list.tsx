import { Link } from "@tanstack/react-router";
import { CopyText } from "../parts/copy.tsx";
import type { AnsweredCall } from "./use-run.ts";

function CallRow({ call }: { readonly call: AnsweredCall }) {
  const { toolName, failed, waits, ms, receiptId, requestId } = call;
  return (
    <li>
      <span className="mono">{toolName}</span>
      <span className="small quiet numbers">
        {failed ? "failed" : waits ? "answered before it was done," : "done"} in {ms} ms
      </span>
      {receiptId === null ? (
        <span className="small quiet">No receipt: the server was not asked.</span>
      ) : (
        <>
          <CopyText value={receiptId} what="receipt id" />
          <Link to="/receipts" search={{ q: requestId ?? toolName }} className="small">
            See it in Receipts
          </Link>
        </>
      )}
    </li>
  );
}

/** The receipts of what the person and the widget have called. */
export function CallList({ calls }: { readonly calls: readonly AnsweredCall[] }) {
  if (calls.length === 0) return null;
  return (
    <section className="stack is-tight" aria-labelledby="calls">
      <h2 id="calls">{calls.length === 1 ? "Receipt" : "Receipts"}</h2>
      <ul className="call-list">
        {calls.map((call) => (
          <CallRow key={call.id} call={call} />
        ))}
      </ul>
    </section>
  );
}
