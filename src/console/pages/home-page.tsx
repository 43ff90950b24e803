import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { WaitingFirst } from "../approvals/waiting-first.tsx";
import { useParts } from "../console-parts.ts";
import type { Grant, Receipt } from "../contract.ts";
import { FirstSteps } from "../home/first-steps.tsx";
import { Happened } from "../home/happened.tsx";
import { LinkedGlance } from "../home/linked-glance.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { Words } from "../parts/words.tsx";
import { grantsQuery, receiptsQuery } from "../queries.ts";

/** Receipts that are shown here; the others are on their own page. */
const AT_MOST = 12;

/** Linked, and not used yet: what to say first. */
function NothingYet({ grant }: { readonly grant: Grant }) {
  return (
    <section className="sheet stack is-tight" aria-labelledby="nothing-yet">
      <h2 id="nothing-yet">Nothing has happened yet</h2>
      <p>
        <Words text={grant.clientName} limit={60} /> is linked. Say to it: “I’m looking for a firmware engineer in
        Rotterdam. Keep that.” It then appears here by itself.
      </p>
    </section>
  );
}

interface OverviewProps {
  readonly receipts: readonly Receipt[];
  readonly grants: readonly Grant[];
}

function Overview({ receipts, grants }: OverviewProps) {
  const [grant] = grants;
  if (receipts.length === 0 && !grant) return <FirstSteps />;
  return (
    <div className="home">
      <div className="stack is-wide">
        {receipts.length === 0 && grant && <NothingYet grant={grant} />}
        <Happened receipts={receipts.slice(0, AT_MOST)} />
        {receipts.length > 0 && (
          <p>
            <Link to="/receipts">All receipts</Link>
          </p>
        )}
      </div>
      <LinkedGlance grants={grants} />
    </div>
  );
}

/** What happened, as it happens, and who may make it happen. */
export function HomePage() {
  const { api } = useParts();
  const receipts = useInfiniteQuery(receiptsQuery(api, {}));
  const grants = useQuery(grantsQuery(api));
  const newest = receipts.data?.pages[0]?.receipts;
  const error = (newest ? null : receipts.error) ?? (grants.data ? null : grants.error);
  const again = (): void => {
    if (!newest) void receipts.refetch();
    if (!grants.data) void grants.refetch();
  };
  return (
    <div className="stack is-wide">
      <WaitingFirst />
      <div>
        <PageHeading title="Home">What happened</PageHeading>
        <p className="lead">Everything that was done in your name, as it happens.</p>
      </div>
      {error && <Trouble error={error} onRetry={again} />}
      {!error && (!newest || !grants.data) && <Waiting rows={6} height={44} />}
      {newest && grants.data && <Overview receipts={newest} grants={grants.data} />}
    </div>
  );
}
