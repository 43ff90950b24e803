import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useParts } from "../console-parts.ts";
import type { Grant, Revocation } from "../contract.ts";
import { grantsQuery } from "../queries.ts";
import { Trouble } from "./trouble.tsx";

interface RevokeDialogProps {
  /** What the person is asked about; null while nothing is asked. */
  readonly grant: Grant | null;
  readonly onClose: () => void;
  readonly onRevoked: (grant: Grant, proof: Revocation) => void;
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
        {grant.clientName} can no longer act for you. Its next call is refused. To use it again, link it again. Your
        receipts stay.
      </p>
      {revoke.isError && <Trouble error={revoke.error} />}
      <div className="actions is-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep it
        </Button>
        <Button className="is-final" onClick={() => revoke.mutate()} loading={revoke.isPending}>
          Revoke
        </Button>
      </div>
    </div>
  );
}

/** Asks before a link ends, and says what will happen. The only red of the console: it cannot be undone. */
export function RevokeDialog(props: RevokeDialogProps) {
  const { grant, onClose } = props;
  return (
    <Modal
      opened={grant !== null}
      onClose={onClose}
      title={`Revoke ${grant?.clientName ?? ""}?`}
      centered
      closeButtonProps={{ "aria-label": "Close" }}
      transitionProps={{ duration: 0 }}
    >
      {grant && <Question {...props} grant={grant} />}
    </Modal>
  );
}
