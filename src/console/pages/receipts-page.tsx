import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useParts } from "../console-parts.ts";
import type { Receipt } from "../contract.ts";
import { PageHeading } from "../parts/page-heading.tsx";
import { ReceiptDrawer } from "../parts/receipt-drawer.tsx";
import { ReceiptTable } from "../parts/receipt-table.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { receiptsQuery } from "../queries.ts";

function NoReceipts({ tool }: { readonly tool: string | null }) {
  return (
    <section className="sheet stack is-tight" aria-labelledby="no-receipts">
      <h2 id="no-receipts">{tool === null ? "No receipts yet" : `No receipts of ${tool}`}</h2>
      {tool === null ? (
        <p>
          Once a linked assistant uses a tool for you, its receipt is here.{" "}
          <Link to="/linked-accounts">Link an assistant</Link> first.
        </p>
      ) : (
        <p>
          <Link to="/receipts">Show all receipts</Link>
        </p>
      )}
    </section>
  );
}

type Receipts = ReturnType<typeof useReceipts>;

const useReceipts = (tool: string | null) => useInfiniteQuery(receiptsQuery(useParts().api, tool));

/** The way to the older ones; a page that could not be read leaves the ones above it in view. */
function Older({ receipts }: { readonly receipts: Receipts }) {
  if (receipts.isFetchNextPageError)
    return <Trouble error={receipts.error} onRetry={() => void receipts.fetchNextPage()} />;
  if (!receipts.hasNextPage) return <p className="small quiet">These are all.</p>;
  return (
    <div className="actions">
      <Button variant="default" onClick={() => void receipts.fetchNextPage()} loading={receipts.isFetchingNextPage}>
        Show older
      </Button>
    </div>
  );
}

/** Everything that was done or refused in the person's name, newest first. */
export function ReceiptsPage() {
  const { tool = null } = useSearch({ from: "/signed-in/receipts" });
  const receipts = useReceipts(tool);
  const [shown, setShown] = useState<Receipt | null>(null);
  const list = receipts.data?.pages.flatMap((page) => page.receipts);
  return (
    <div className="stack is-wide">
      <div>
        <PageHeading title="Receipts" />
        <p className="lead">Every call that an assistant made for you, whether it was done or not.</p>
        {tool !== null && list && list.length > 0 && (
          <p className="lead">
            Only <span className="mono">{tool}</span>. <Link to="/receipts">Show all</Link>
          </p>
        )}
      </div>
      {receipts.isPending && <Waiting rows={6} height={44} />}
      {receipts.isError && !list && <Trouble error={receipts.error} onRetry={() => void receipts.refetch()} />}
      {list && list.length === 0 && <NoReceipts tool={tool} />}
      {list && list.length > 0 && (
        <div className="stack">
          <ReceiptTable receipts={list} onShow={setShown} />
          <Older receipts={receipts} />
        </div>
      )}
      <ReceiptDrawer receipt={shown} onClose={() => setShown(null)} />
    </div>
  );
}
