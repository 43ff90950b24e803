import { TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useParts } from "../console-parts.ts";
import { Answers, Dialog } from "../parts/dialog.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { Words } from "../parts/words.tsx";
import { useToasts } from "../toasts/toasts.ts";
import { ADMIN } from "./admin-queries.ts";
import type { Account } from "./contract.ts";
import { dayOfMoment, lastMomentOf } from "./last-moment.ts";
import { PersonName } from "./person-name.tsx";
import { useTiers } from "./use-tiers.ts";

type Tiers = ReturnType<typeof useTiers>["tiers"];

interface FormProps {
  readonly account: Account;
  readonly tiers: Tiers;
  /** What they have now, by its name. */
  readonly now: string;
  readonly onClose: () => void;
}

/** One line of choices for each tier. */
function TierChoice({
  tiers,
  chosen,
  onChoose,
}: {
  readonly tiers: Tiers;
  readonly chosen: string;
  readonly onChoose: (name: string) => void;
}) {
  return (
    <fieldset className="checks">
      <legend>Tier</legend>
      {tiers.map(({ name, title }) => (
        <label key={name}>
          <input type="radio" name="tier" value={name} checked={name === chosen} onChange={() => onChoose(name)} />
          <Words text={title} limit={60} />
        </label>
      ))}
    </fieldset>
  );
}

function Form({ account, tiers, now, onClose }: FormProps) {
  const { api } = useParts();
  const queries = useQueryClient();
  const toasts = useToasts();
  const { until } = account;
  const before = { name: now, day: until === null ? "" : dayOfMoment(until) };
  const [{ name, day }, setChosen] = useState(before);
  const set = useMutation({
    mutationFn: () => api.admin.setTier(account.id, name, lastMomentOf(day)),
    onSuccess: () => {
      toasts.show({ words: "The tier is set. It holds from their next call on." });
      onClose();
      return queries.invalidateQueries({ queryKey: [ADMIN] });
    },
  });
  return (
    <div className="stack">
      <TierChoice tiers={tiers} chosen={name} onChoose={(chosen) => setChosen({ name: chosen, day })} />
      <TextInput
        label="Until"
        description="The end of that day, in your own time. Empty means for good."
        type="date"
        name="until"
        value={day}
        onChange={({ currentTarget }) => setChosen({ name, day: currentTarget.value })}
      />
      <p className="small quiet">
        It takes the place of what they have, also of what they pay for, until a payment changes it again.
      </p>
      <Answers
        act={set}
        keep="Leave it"
        confirm="Set the tier"
        disabled={name === before.name && day === before.day}
        onClose={onClose}
      />
    </div>
  );
}

function Loaded({ account, onClose }: { readonly account: Account; readonly onClose: () => void }) {
  const { usage, tiers, nameOf } = useTiers();
  if (usage.isPending) return <Waiting rows={3} height={44} />;
  if (usage.isError) return <Trouble error={usage.error} onRetry={() => void usage.refetch()} />;
  return <Form account={account} tiers={tiers} now={nameOf(account.tier)} onClose={onClose} />;
}

interface AccountTierProps {
  /** Whose tier is looked at; null while none is. */
  readonly account: Account | null;
  readonly onClose: () => void;
}

/** What one person may use, and until when. */
export function AccountTier({ account, onClose }: AccountTierProps) {
  const title = account && (
    <>
      Tier of <PersonName person={account} />
    </>
  );
  return (
    <Dialog opened={account !== null} onClose={onClose} title={title}>
      {account && <Loaded account={account} onClose={onClose} />}
    </Dialog>
  );
}
