import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useParts } from "../console-parts.ts";
import type { PasskeyAnswer } from "../contract.ts";
import { Answers } from "../parts/dialog.tsx";
import { AfterSignIn } from "../parts/sign-in-again.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { Words } from "../parts/words.tsx";
import { useToasts } from "../toasts/toasts.ts";
import { ADMIN } from "./admin-queries.ts";
import type { Account } from "./contract.ts";
import { dayOfMoment, lastMomentOf } from "./last-moment.ts";
import { PersonDialog, UntilField } from "./person-dialog.tsx";
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
    mutationFn: (passkey: PasskeyAnswer | void) =>
      api.admin.setTier(account.id, { tier: name, until: lastMomentOf(day) }, passkey ?? undefined),
    onSuccess: () => {
      toasts.show({ words: "The tier is set. It holds from their next call on." });
      onClose();
      return queries.invalidateQueries({ queryKey: [ADMIN] });
    },
  });
  return (
    <AfterSignIn act={set} back={{ to: "/admin/people" }}>
      <div className="stack">
        <TierChoice tiers={tiers} chosen={name} onChoose={(chosen) => setChosen({ name: chosen, day })} />
        <UntilField day={day} onChange={(chosen) => setChosen({ name, day: chosen })} />
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
    </AfterSignIn>
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
export const AccountTier = ({ account, onClose }: AccountTierProps) => (
  <PersonDialog what="Tier" account={account} onClose={onClose}>
    {(shown) => <Loaded account={shown} onClose={onClose} />}
  </PersonDialog>
);
