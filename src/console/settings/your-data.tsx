import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Download } from "../api.ts";
import { useParts } from "../console-parts.ts";
import type { User } from "../contract.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { WorkButton } from "../parts/work-button.tsx";
import { useToasts } from "../toasts/toasts.ts";
import { DeleteQuestion } from "./delete-question.tsx";
import { saveDownload } from "./save-download.ts";

interface ExportProps {
  readonly title: string;
  readonly about: string;
  /** What the button says. */
  readonly label: string;
  readonly file: () => Promise<Download>;
}

/** One file to take along. */
function Export({ title, about, label, file }: ExportProps) {
  const toasts = useToasts();
  const take = useMutation({
    mutationFn: file,
    onSuccess: (taken) => {
      saveDownload(taken);
      toasts.show({ words: `Saved as ${taken.name}.` });
    },
  });
  return (
    <>
      <div className="line">
        <div>
          <p>{title}</p>
          <p className="small quiet">{about}</p>
        </div>
        <WorkButton variant="default" onClick={() => take.mutate()} working={take.isPending}>
          {label}
        </WorkButton>
      </div>
      {take.isError && <Trouble error={take.error} />}
    </>
  );
}

/** Taking one's data, and having it erased. */
export function YourData({ user }: { readonly user: User }) {
  const { api } = useParts();
  const [asking, setAsking] = useState(false);
  const close = (): void => setAsking(false);
  return (
    <section className="sheet stack" aria-labelledby="your-data">
      <h2 id="your-data">Your data</h2>
      <Export
        title="Export"
        about="All that is kept of you, in one JSON file."
        label="Export my data"
        file={api.exportData}
      />
      <Export
        title="Receipts"
        about="A signed file that anybody can verify offline."
        label="Export my receipts"
        file={api.exportReceipts}
      />
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
