import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useParts } from "../console-parts.ts";
import type { Grant } from "../contract.ts";
import { Answers, Dialog } from "../parts/dialog.tsx";
import { Words } from "../parts/words.tsx";
import { grantsQuery } from "../queries.ts";
import { useToasts } from "../toasts/toasts.ts";

interface NarrowDialogProps {
  /** Whose permissions are looked at; null while none are. */
  readonly grant: Grant | null;
  readonly onClose: () => void;
}

function Choices({
  grant,
  kept,
  onKeep,
}: {
  readonly grant: Grant;
  readonly kept: ReadonlySet<string>;
  readonly onKeep: (kept: ReadonlySet<string>) => void;
}) {
  const change = (name: string, keep: boolean): void => {
    onKeep(new Set(keep ? [...kept, name] : [...kept].filter((one) => one !== name)));
  };
  return (
    <fieldset className="checks">
      <legend>It may</legend>
      {grant.permissions.map((permission) => (
        <label key={permission.name}>
          <input
            type="checkbox"
            checked={kept.has(permission.name)}
            onChange={(event) => change(permission.name, event.currentTarget.checked)}
          />
          <Words text={permission.grants} limit={200} />
        </label>
      ))}
    </fieldset>
  );
}

function Question({ grant, onClose }: NarrowDialogProps & { readonly grant: Grant }) {
  const { api } = useParts();
  const queries = useQueryClient();
  const toasts = useToasts();
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set(grant.permissions.map(({ name }) => name)));
  const unchanged = kept.size === grant.permissions.length;
  const narrow = useMutation({
    mutationFn: () => api.narrowGrant(grant.id, [...kept]),
    onSuccess: () => {
      toasts.show({
        words: (
          <>
            <Words text={grant.clientName} limit={60} /> may do less from its next call on.
          </>
        ),
      });
      onClose();
      return queries.invalidateQueries({ queryKey: grantsQuery(api).queryKey });
    },
  });
  return (
    <div className="stack">
      <p>Take away what it should not do. It stays linked. To give something back, link it again.</p>
      <Choices grant={grant} kept={kept} onKeep={setKept} />
      {kept.size === 0 && <p role="status">Nothing would be left. Revoke it instead.</p>}
      <Answers
        act={narrow}
        keep="Leave it"
        confirm="Allow only this"
        disabled={unchanged || kept.size === 0}
        onClose={onClose}
      />
    </div>
  );
}

/** Takes back some of what a link may do, without linking again. */
export function NarrowDialog(props: NarrowDialogProps) {
  const { grant, onClose } = props;
  const title = (
    <>
      What <Words text={grant?.clientName ?? ""} limit={60} /> may do
    </>
  );
  return (
    <Dialog opened={grant !== null} onClose={onClose} title={title}>
      {grant && <Question {...props} grant={grant} />}
    </Dialog>
  );
}
