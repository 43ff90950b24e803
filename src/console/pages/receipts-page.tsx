import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useParts } from "../console-parts.ts";
import type { Receipt } from "../contract.ts";
import { Older } from "../parts/older.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { ReceiptDrawer } from "../parts/receipt-drawer.tsx";
import { ReceiptTable } from "../parts/receipt-table.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { receiptsQuery, usedToolsQuery } from "../queries.ts";
import type { ReceiptFilter } from "../receipt-filter.ts";
import { ReceiptToolbar } from "../receipts/receipt-toolbar.tsx";

const isFiltered = (filter: ReceiptFilter): boolean => Object.values(filter).some((value) => value !== undefined);

function NoReceipts({ filtered }: { readonly filtered: boolean }) {
  return (
    <section className="sheet stack is-tight" aria-labelledby="no-receipts">
      <h2 id="no-receipts">{filtered ? "No such receipts" : "No receipts yet"}</h2>
      {filtered ? (
        <p>
          <Link to="/receipts">Show all receipts</Link>
        </p>
      ) : (
        <p>
          Once a linked assistant uses a tool for you, its receipt is here.{" "}
          <Link to="/linked-accounts">Link an assistant</Link> first.
        </p>
      )}
    </section>
  );
}

/** Everything that was done or refused in the person's name, newest first, as it happens. */
export function ReceiptsPage() {
  const { api } = useParts();
  const filter = useSearch({ from: "/signed-in/receipts" });
  const navigate = useNavigate({ from: "/receipts" });
  const receipts = useInfiniteQuery(receiptsQuery(api, filter));
  // Without it, the tools of the receipts in view can still be chosen.
  const used = useQuery(usedToolsQuery(api)).data ?? [];
  const [shown, setShown] = useState<Receipt | null>(null);
  const list = receipts.data?.pages.flatMap((page) => page.receipts);
  const change = (search: ReceiptFilter): void => void navigate({ search, replace: true, resetScroll: false });
  const filtered = isFiltered(filter);
  return (
    <div className="stack is-wide">
      <div>
        <PageHeading title="Receipts" />
        <p className="lead">Every call that was made in your name, whether it was done or not.</p>
      </div>
      {(filtered || receipts.isPending || (list && list.length > 0)) && (
        <div className="stack is-tight">
          <ReceiptToolbar filter={filter} receipts={list ?? []} used={used} onChange={change} />
          {filtered && (
            <p className="small">
              <Link to="/receipts" resetScroll={false}>
                Show all
              </Link>
            </p>
          )}
        </div>
      )}
      {receipts.isPending && <Waiting rows={6} height={44} />}
      {receipts.isError && !list && <Trouble error={receipts.error} onRetry={() => void receipts.refetch()} />}
      {list && list.length === 0 && !receipts.isPlaceholderData && <NoReceipts filtered={filtered} />}
      {list && list.length > 0 && (
        <div className={receipts.isPlaceholderData ? "stack is-past" : "stack"} aria-busy={receipts.isPlaceholderData}>
          <ReceiptTable receipts={list} onShow={setShown} />
          <Older list={receipts} />
        </div>
      )}
      <ReceiptDrawer receipt={list?.find(({ id }) => id === shown?.id) ?? shown} onClose={() => setShown(null)} />
    </div>
  );
}
