import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useParts } from "../console-parts.ts";
import { receiptsQuery } from "../queries.ts";
import type { ReceiptFilter } from "../receipt-filter.ts";
import { ReceiptDrawer } from "./receipt-drawer.tsx";

interface ReceiptLinkProps {
  readonly id: string;
  /** Among which receipts it is; the newest of all where nothing is said. */
  readonly among?: ReceiptFilter;
}

/** Opens one receipt by its id. One that is too old to be near leads to the list. */
export function ReceiptLink({ id, among = {} }: ReceiptLinkProps) {
  const { api } = useParts();
  const [shown, setShown] = useState(false);
  const receipts = useInfiniteQuery({ ...receiptsQuery(api, among), enabled: shown });
  const receipt = receipts.data?.pages.flatMap((page) => page.receipts).find((one) => one.id === id);
  const isFar = shown && receipt === undefined && !receipts.isFetching;
  return (
    <>
      {isFar ? (
        <Link to="/receipts" search={among}>
          Look among the receipts
        </Link>
      ) : (
        <button type="button" className="text-button" aria-haspopup="dialog" onClick={() => setShown(true)}>
          See the receipt
        </button>
      )}
      <ReceiptDrawer receipt={(shown && receipt) || null} onClose={() => setShown(false)} />
    </>
  );
}
