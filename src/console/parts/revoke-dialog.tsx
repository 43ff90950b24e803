import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useParts } from "../console-parts.ts";
import type { Grant, Proof } from "../contract.ts";
import { grantsQuery } from "../queries.ts";
import { Answers, Dialog } from "./dialog.tsx";
import { Words } from "./words.tsx";

interface RevokeDialogProps {
  /** What the person is asked about, all of one assistant; empty while nothing is asked. */
  readonly grants: readonly Grant[];
  readonly onClose: () => void;
  readonly onRevoked: (grants: readonly Grant[], proof: Proof) => void;
}

function Question({ grants, onClose, onRevoked }: RevokeDialogProps) {
  const { api } = useParts();
  const queries = useQueryClient();
  const name = <Words text={grants[0]?.clientName ?? ""} />;
  const { queryKey } = grantsQuery(api);
  const revokeOne = async (grant: Grant): Promise<Proof> => {
    const proof = await api.revokeGrant(grant.id);
    queries.setQueryData(queryKey, (before) => before?.filter(({ id }) => id !== grant.id));
    return proof;
  };
  const revoke = useMutation({
    mutationFn: async () => {
      let last: Proof = { receiptId: "" };
      // Of several, those that ended before one could not be ended are not asked for again.
      const left = queries.getQueryData(queryKey) ?? grants;
      for (const grant of grants.filter(({ id }) => left.some((one) => one.id === id))) last = await revokeOne(grant);
      return last;
    },
    onSuccess: (proof) => {
      onRevoked(grants, proof);
      return queries.invalidateQueries({ queryKey });
    },
  });
  const several = grants.length > 1;
  return (
    <div className="stack">
      <p>
        {several ? (
          <>
            All {grants.length} links of {name} end
          </>
        ) : (
          <>{name} can no longer act for you</>
        )}
        . Its next call is refused. To use it again, link it again. Your receipts stay.
      </p>
      <Answers act={revoke} keep={several ? "Keep them" : "Keep it"} confirm="Revoke" final onClose={onClose} />
    </div>
  );
}

/** Asks before a link ends, and says what will happen. It cannot be undone. */
export function RevokeDialog(props: RevokeDialogProps) {
  const { grants, onClose } = props;
  const title = (
    <>
      Revoke <Words text={grants[0]?.clientName ?? ""} limit={60} />?
    </>
  );
  return (
    <Dialog opened={grants.length > 0} onClose={onClose} title={title}>
      {grants.length > 0 && <Question {...props} />}
    </Dialog>
  );
}
