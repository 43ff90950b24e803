import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useParts } from "../console-parts.ts";
import type { Grant, Proof } from "../contract.ts";
import { grantsQuery } from "../queries.ts";
import { Answers, Dialog } from "./dialog.tsx";
import { Words } from "./words.tsx";

interface RevokeDialogProps {
  /** What the person is asked about; null while nothing is asked. */
  readonly grant: Grant | null;
  readonly onClose: () => void;
  readonly onRevoked: (grant: Grant, proof: Proof) => void;
}

function Question({ grant, onClose, onRevoked }: RevokeDialogProps & { readonly grant: Grant }) {
  const { api } = useParts();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => api.revokeGrant(grant.id),
    onSuccess: (proof) => {
      const { queryKey } = grantsQuery(api);
      queries.setQueryData(queryKey, (grants) => grants?.filter(({ id }) => id !== grant.id));
      onRevoked(grant, proof);
      return queries.invalidateQueries({ queryKey });
    },
  });
  return (
    <div className="stack">
      <p>
        <Words text={grant.clientName} /> can no longer act for you. Its next call is refused. To use it again, link it
        again. Your receipts stay.
      </p>
      <Answers act={revoke} keep="Keep it" confirm="Revoke" final onClose={onClose} />
    </div>
  );
}

/** Asks before a link ends, and says what will happen. It cannot be undone. */
export function RevokeDialog(props: RevokeDialogProps) {
  const { grant, onClose } = props;
  const title = (
    <>
      Revoke <Words text={grant?.clientName ?? ""} limit={60} />?
    </>
  );
  return (
    <Dialog opened={grant !== null} onClose={onClose} title={title}>
      {grant && <Question {...props} grant={grant} />}
    </Dialog>
  );
}
