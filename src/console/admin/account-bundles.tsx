import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useParts } from "../console-parts.ts";
import type { PasskeyAnswer } from "../contract.ts";
import { AfterSignIn } from "../parts/sign-in-again.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { When } from "../parts/when.tsx";
import { Words } from "../parts/words.tsx";
import { WorkButton } from "../parts/work-button.tsx";
import { ADMIN } from "./admin-queries.ts";
import type { Account } from "./contract.ts";
import { type Decision, DecisionDialog } from "./decision.tsx";
import { lastMomentOf } from "./last-moment.ts";
import { PersonDialog, UntilField } from "./person-dialog.tsx";
import { PersonName } from "./person-name.tsx";

/** Has everything read again that administrators see. */
function useAgain(): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: [ADMIN] });
}

type Given = Account["bundles"][number];

interface RowProps {
  readonly given: Given;
  readonly onTake: () => void;
}

function Row({ given, onTake }: RowProps) {
  const name = `bundle-${given.bundle}`;
  return (
    <li className="line">
      <div>
        <p id={name}>
          <Words text={given.bundle} limit={60} />
        </p>
        <p className="small quiet">
          {given.until === null ? (
            "For good"
          ) : (
            <>
              Until <When at={given.until} form="day" />
            </>
          )}
        </p>
      </div>
      <Button variant="default" onClick={onTake} aria-describedby={name}>
        Take
      </Button>
    </li>
  );
}

/** Gives a bundle, or another end to one that they have. */
function Give({ account }: { readonly account: Account }) {
  const { api } = useParts();
  const again = useAgain();
  const [{ bundle, day }, setTyped] = useState({ bundle: "", day: "" });
  const give = useMutation({
    mutationFn: (passkey: PasskeyAnswer | void) =>
      api.admin.giveBundle(account.id, { bundle: bundle.trim(), until: lastMomentOf(day) }, passkey ?? undefined),
    onSuccess: () => {
      setTyped({ bundle: "", day: "" });
      return again();
    },
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (bundle.trim() !== "" && !give.isPending) give.mutate();
  };
  return (
    <AfterSignIn act={give} back={{ to: "/admin/people" }}>
      <form className="stack" onSubmit={submit}>
        <TextInput
          label="Bundle"
          description="Its name, as the tool that needs it says it."
          name="bundle"
          autoComplete="off"
          spellCheck={false}
          maxLength={31}
          value={bundle}
          onChange={({ currentTarget }) => setTyped({ bundle: currentTarget.value, day })}
        />
        <UntilField day={day} onChange={(chosen) => setTyped({ bundle, day: chosen })} />
        {give.isError && <Trouble error={give.error} />}
        <div className="actions is-end">
          <WorkButton type="submit" working={give.isPending} disabled={bundle.trim() === ""}>
            Give it
          </WorkButton>
        </div>
      </form>
    </AfterSignIn>
  );
}

interface BundlesProps {
  readonly account: Account;
  readonly onTake: (given: Given) => void;
}

const Bundles = ({ account, onTake }: BundlesProps) => (
  <div className="stack">
    {account.bundles.length === 0 ? (
      <p className="quiet">They were given none beside those of their tier.</p>
    ) : (
      <ul className="lines" aria-label="Bundles">
        {account.bundles.map((given) => (
          <Row key={given.bundle} given={given} onTake={() => onTake(given)} />
        ))}
      </ul>
    )}
    <Give account={account} />
  </div>
);

interface AccountBundlesProps {
  /** Whose bundles are looked at; null while none are. */
  readonly account: Account | null;
  readonly onClose: () => void;
}

/** The question before one is taken. @param taken runs when it is: the answer is told on the page, like others there. */
function useTake(taken: () => void) {
  const { api } = useParts();
  return (account: Account, { bundle }: Given): Decision => ({
    title: (
      <>
        Take <Words text={bundle} limit={60} /> from <PersonName person={account} />?
      </>
    ),
    about: "From their next call on they are without what it opens. What comes with their tier stays.",
    keep: "Leave it",
    confirm: "Take it",
    done: "The bundle is taken.",
    async act() {
      const proof = await api.admin.takeBundle(account.id, bundle);
      taken();
      return proof;
    },
  });
}

/** What one person was given beside their tier. */
export function AccountBundles({ account, onClose }: AccountBundlesProps) {
  const [decision, setDecision] = useState<Decision | null>(null);
  const take = useTake(onClose);
  // Escape reaches both dialogs: it takes back the question, and the list stays.
  const close = (): void => (decision === null ? onClose() : setDecision(null));
  return (
    <>
      <PersonDialog what="Bundles" account={account} onClose={close}>
        {(shown) => <Bundles account={shown} onTake={(given) => setDecision(take(shown, given))} />}
      </PersonDialog>
      <DecisionDialog decision={decision} onClose={() => setDecision(null)} />
    </>
  );
}
