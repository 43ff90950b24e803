import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useParts } from "../console-parts.ts";
import type { User } from "../contract.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { WorkButton } from "../parts/work-button.tsx";
import { useToasts } from "../toasts/toasts.ts";
import { DeleteQuestion } from "./delete-question.tsx";
import { saveDownload } from "./save-download.ts";

function Export() {
  const { api } = useParts();
  const toasts = useToasts();
  const take = useMutation({
    mutationFn: api.exportData,
    onSuccess: (file) => {
      saveDownload(file);
      toasts.show({ words: `Saved as ${file.name}.` });
    },
  });
  return (
    <>
      <div className="line">
        <div>
          <p>Export</p>
          <p className="small quiet">All that is kept of you, in one JSON file.</p>
        </div>
        <WorkButton variant="default" onClick={() => take.mutate()} working={take.isPending}>
          Export my data
        </WorkButton>
      </div>
      {take.isError && <Trouble error={take.error} />}
    </>
  );
}

/** The receipts alone, in a form that can be verified without this server. */
function ReceiptsExport() {
  const { api } = useParts();
  const toasts = useToasts();
  const take = useMutation({
    mutationFn: api.exportReceipts,
    onSuccess: (file) => {
      saveDownload(file);
      toasts.show({ words: `Saved as ${file.name}.` });
    },
  });
  return (
    <>
      <div className="line">
        <div>
          <p>Receipts</p>
          <p className="small quiet">A signed file that anybody can verify offline.</p>
        </div>
        <WorkButton variant="default" onClick={() => take.mutate()} working={take.isPending}>
          Export my receipts
        </WorkButton>
      </div>
      {take.isError && <Trouble error={take.error} />}
    </>
  );
}

/** Taking one's data, and having it erased. */
export function YourData({ user }: { readonly user: User }) {
  const [asking, setAsking] = useState(false);
  const close = (): void => setAsking(false);
  return (
    <section className="sheet stack" aria-labelledby="your-data">
      <h2 id="your-data">Your data</h2>
      <Export />
      <ReceiptsExport />
      <div className="line is-parted">
        <div>
          <p>Delete</p>
          <p className="small quiet">All that is kept of you is erased, and every link ends.</p>
        </div>
        <Button className="is-final-quiet" variant="default" onClick={() => setAsking(true)}>
          Delete my data
        </Button>
      </div>
      <Dialog opened={asking} onClose={close} title="Delete everything?">
        {asking && <DeleteQuestion user={user} onClose={close} />}
      </Dialog>
    </section>
  );
}
