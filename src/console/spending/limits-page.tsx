import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useParts } from "../console-parts.ts";
import { DoneNote } from "../parts/done-note.tsx";
import { LimitParts } from "../parts/limit-parts.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { Words } from "../parts/words.tsx";
import { spendingQuery } from "../work-queries.ts";
import { amountWords } from "./amount.ts";
import { Caps } from "./caps.tsx";
import { clickWords } from "./click-words.ts";
import type { Spending } from "./contract.ts";
import { PauseEverything } from "./pause.tsx";
import { Recipients } from "./recipients.tsx";
import { type Make, useChanges } from "./use-changes.ts";

const FreshAbove = ({ spending }: { readonly spending: Spending }) => (
  <section className="sheet stack is-tight" aria-labelledby="fresh">
    <h2 id="fresh">Larger amounts</h2>
    <p>
      Above <Words text={amountWords(spending.freshAboveUsd, "usd")} /> you sign in again, or use a passkey, before your
      yes counts. {clickWords(spending.freshAfterClicks)}
    </p>
    <p className="small quiet">
      With <Link to="/settings">a passkey</Link> that is one touch.
    </p>
  </section>
);

function SpendingLimits({ make }: { readonly make: Make }) {
  const { api } = useParts();
  const spending = useQuery(spendingQuery(api));
  if (spending.isPending) return <Waiting rows={2} height={180} />;
  if (spending.isError && !spending.data)
    return <Trouble error={spending.error} onRetry={() => void spending.refetch()} />;
  if (!spending.data) return null;
  return (
    <>
      <Caps spending={spending.data} make={make} />
      <Recipients spending={spending.data} make={make} />
      <FreshAbove spending={spending.data} />
    </>
  );
}

/** What the person lets assistants do at most, and the way to stop everything. */
export function LimitsPage() {
  const { done, make } = useChanges();
  return (
    <div className="stack is-wide">
      <div className="stack">
        <LimitParts />
        <div>
          <PageHeading title="Your limits" />
          <p className="lead">
            What assistants may spend for you at most, and whom they may pay. No assistant can change this.
          </p>
          <DoneNote done={done} />
        </div>
      </div>
      <div className="stack">
        <PauseEverything make={make} />
        <SpendingLimits make={make} />
      </div>
    </div>
  );
}
