import { useMutation } from "@tanstack/react-query";
import { useParts } from "../console-parts.ts";
import type { Receipt } from "../contract.ts";
import { Trouble } from "../parts/trouble.tsx";
import { When } from "../parts/when.tsx";
import { Words } from "../parts/words.tsx";
import { WorkButton } from "../parts/work-button.tsx";
import { type ProofVerdict, verifyProof } from "./verify-proof.ts";

function Kept({ name, text }: { readonly name: string; readonly text: string | null }) {
  if (text === null) return null;
  return (
    <details>
      <summary>{name}</summary>
      <p className="mono small">
        <Words text={text} />
      </p>
    </details>
  );
}

function Verdict({ verdict }: { readonly verdict: ProofVerdict }) {
  if (verdict.state === "unable") {
    return <p>This browser cannot check signatures here. Export your receipts and verify the file instead.</p>;
  }
  if (verdict.state === "broken") {
    return (
      <p>
        <strong>Not verified.</strong> {verdict.reason}
      </p>
    );
  }
  return (
    <>
      <p>
        <strong>Verified.</strong> It stands in your chain of receipts, signed{" "}
        <When at={verdict.signedAt} form="full" />, and was not altered since.
      </p>
      <Kept name="What was asked" text={verdict.asked} />
      <Kept name="What was answered" text={verdict.answered} />
    </>
  );
}

/** Lets the person verify a receipt in their own browser. */
export function ProofCheck({ receipt }: { readonly receipt: Receipt }) {
  const { api } = useParts();
  const check = useMutation({
    mutationFn: async () => {
      const { proof, keys } = await api.receiptProof(receipt.id);
      return verifyProof(receipt, proof, keys);
    },
  });
  if (receipt.outcome === "open") return null;
  return (
    <div className="stack is-tight">
      <div>
        <WorkButton variant="default" onClick={() => check.mutate()} working={check.isPending}>
          Verify
        </WorkButton>
      </div>
      <div role="status" className="stack is-tight">
        {check.data && <Verdict verdict={check.data} />}
      </div>
      {check.isError && <Trouble error={check.error} />}
    </div>
  );
}
