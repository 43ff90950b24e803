import { Link } from "@tanstack/react-router";
import { CopyText } from "../parts/copy.tsx";
import type { Proof } from "./use-run.ts";

function ProofRow({ proof }: { readonly proof: Proof }) {
  const { toolName, failed, waits, ms, receiptId, requestId } = proof;
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
export function ProofList({ proofs }: { readonly proofs: readonly Proof[] }) {
  if (proofs.length === 0) return null;
  return (
    <section className="stack is-tight" aria-labelledby="proofs">
      <h2 id="proofs">{proofs.length === 1 ? "Receipt" : "Receipts"}</h2>
      <ul className="proofs">
        {proofs.map((proof) => (
          <ProofRow key={proof.id} proof={proof} />
        ))}
      </ul>
    </section>
  );
}
