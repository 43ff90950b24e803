import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useParts } from "../console-parts.ts";
import { ReceiptDrawer } from "../parts/receipt-drawer.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { receiptOfQuery } from "./approvals-queries.ts";

/** Shows the receipt of what was approved, with its proof. It is read when it is first asked for. */
export function ReceiptButton({ id }: { readonly id: string }) {
  const { api } = useParts();
  const [opened, setOpened] = useState(false);
  const receipt = useQuery({ ...receiptOfQuery(api, id), enabled: opened });
  const open = (): void => {
    setOpened(true);
    if (receipt.isError || receipt.data === null) void receipt.refetch();
  };
  return (
    <>
      <button type="button" className="text-button small" aria-haspopup="dialog" onClick={open}>
        Receipt
      </button>
      <ReceiptDrawer receipt={(opened ? receipt.data : null) ?? null} onClose={() => setOpened(false)} />
      {opened && receipt.isError && <Trouble error={receipt.error} onRetry={() => void receipt.refetch()} />}
      {opened && receipt.data === null && (
        <p role="status" className="small quiet">
          Its receipt is not there yet.
        </p>
      )}
    </>
  );
}
