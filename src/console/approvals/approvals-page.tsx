import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useParts } from "../console-parts.ts";
import { Older } from "../parts/older.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { When } from "../parts/when.tsx";
import { approvalsQuery } from "./approvals-queries.ts";
import type { Approval, ApprovalPage } from "./contract.ts";
import { ReceiptButton } from "./receipt-button.tsx";
import { Said } from "./said.tsx";
import { ShortCards, WhoAsks } from "./short-card.tsx";
import { StatusLabel } from "./status.tsx";
import { useWaiting } from "./use-waiting.ts";

const NothingYet = () => (
  <section className="sheet stack is-tight" aria-labelledby="nothing-asked">
    <h2 id="nothing-asked">Nothing was asked yet</h2>
    <p>
      When an assistant wants to do something that you should decide on, such as moving money, it waits here until you
      say yes or no. <Link to="/linked-accounts">Link an assistant</Link> if you have not yet.
    </p>
  </section>
);

/** One that was decided, or that nobody decided in time. */
function DecidedRow({ approval }: { readonly approval: Approval }) {
  const { id, sentence, decidedAt, expiresAt, run } = approval;
  return (
    <li className="decided-row">
      <div className="stack is-tight">
        <Link to="/approvals/$id" params={{ id }} className="decided-sentence">
          <Said text={sentence} limit={200} />
        </Link>
        <p className="small quiet facts-inline">
          <WhoAsks {...approval} />
          <When at={decidedAt ?? expiresAt} form="ago" />
        </p>
      </div>
      <div className="decided-end">
        <StatusLabel approval={approval} />
        {run !== null && <ReceiptButton id={id} />}
      </div>
    </li>
  );
}

/** What waits, the one that ends first before the others. */
function WaitingList({ page }: { readonly page: ApprovalPage }) {
  const more = page.waiting - page.approvals.length;
  return (
    <section className="stack" aria-labelledby="waiting">
      <h2 id="waiting">Waiting for you</h2>
      {page.waiting === 0 ? <p className="quiet">Nothing waits for you.</p> : <ShortCards approvals={page.approvals} />}
      {more > 0 && <p className="small quiet">{more} more wait behind these. They move up as you decide.</p>}
    </section>
  );
}

function DecidedList({ approvals }: { readonly approvals: readonly Approval[] }) {
  if (approvals.length === 0) return null;
  return (
    <section className="stack is-tight" aria-labelledby="decided">
      <h2 id="decided">Decided</h2>
      <ul className="decided">
        {approvals.map((approval) => (
          <DecidedRow key={approval.id} approval={approval} />
        ))}
      </ul>
    </section>
  );
}

/** What waits for the person, and what they have decided. */
export function ApprovalsPage() {
  const { api } = useParts();
  const waiting = useWaiting();
  const list = useInfiniteQuery(approvalsQuery(api));
  const all = list.data?.pages.flatMap((page) => page.approvals);
  const page = waiting.data;
  const error = (all ? null : list.error) ?? (page ? null : waiting.error);
  const again = (): void => {
    if (!all) void list.refetch();
    if (!page) void waiting.refetch();
  };
  return (
    <div className="stack is-wide">
      <div>
        <PageHeading title="Approvals" />
        <p className="lead">What an assistant may only do after you say yes.</p>
      </div>
      {error && <Trouble error={error} onRetry={again} />}
      {!error && (!all || !page) && <Waiting rows={4} height={80} />}
      {all && page && page.waiting === 0 && all.length === 0 && <NothingYet />}
      {all && page && (page.waiting > 0 || all.length > 0) && (
        <>
          <WaitingList page={page} />
          <DecidedList approvals={all.filter(({ status }) => status !== "pending")} />
          <Older list={list} />
        </>
      )}
    </div>
  );
}
