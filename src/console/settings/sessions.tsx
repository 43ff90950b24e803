import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useParts } from "../console-parts.ts";
import { Answers, Dialog } from "../parts/dialog.tsx";
import { endSession } from "../queries.ts";
import { useToasts } from "../toasts/toasts.ts";

function Question({ onClose }: { readonly onClose: () => void }) {
  const { api } = useParts();
  const queries = useQueryClient();
  const toasts = useToasts();
  const signOut = useMutation({
    mutationFn: api.signOutEverywhere,
    onSuccess: () => {
      toasts.show({ words: "You are signed out everywhere." });
      endSession(queries);
    },
  });
  return (
    <div className="stack">
      <p>
        Every browser, this one too, asks you to sign in again. What the command line and voice do for you ends.
        Assistants stay linked.
      </p>
      <Answers act={signOut} keep="Stay signed in" confirm="Sign out everywhere" onClose={onClose} />
    </div>
  );
}

/** Ending the person's sessions in every browser. */
export function Sessions() {
  const [asking, setAsking] = useState(false);
  const close = (): void => setAsking(false);
  return (
    <section className="sheet stack" aria-labelledby="sessions">
      <h2 id="sessions">Sessions</h2>
      <div className="line">
        <p className="quiet">Signed in somewhere that you do not trust, or no longer have?</p>
        <Button variant="default" onClick={() => setAsking(true)}>
          Sign out everywhere
        </Button>
      </div>
      <Dialog opened={asking} onClose={close} title="Sign out everywhere?">
        {asking && <Question onClose={close} />}
      </Dialog>
    </section>
  );
}
