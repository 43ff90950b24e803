import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useParts } from "../console-parts.ts";
import { groupLinks } from "../links/group-links.ts";
import { Answers, Dialog } from "../parts/dialog.tsx";
import { endSession, grantsQuery } from "../queries.ts";
import { useToasts } from "../toasts/toasts.ts";

/** How many assistants are linked; null while that is not known. @param again whether what is known is asked anew. */
function useLinked(again = false): number | null {
  const { api } = useParts();
  const { data } = useQuery({ ...grantsQuery(api), ...(again && { refetchOnMount: "always" }) });
  return data === undefined ? null : groupLinks(data).length;
}

const assistants = (count: number): string => (count === 1 ? "1 assistant" : `${count} assistants`);

/** What is ticked, by how many are linked. */
const endsLinks = (linked: number | null): string =>
  linked === null
    ? "End the links of all assistants, too"
    : `End the ${linked === 1 ? "link" : "links"} of ${assistants(linked)}, too`;

interface LinksChoiceProps {
  readonly linked: number | null;
  readonly links: boolean;
  readonly onChoose: (links: boolean) => void;
}

/** Whether assistants stay linked. Off by itself: who lost a phone need not link everything anew. */
function LinksChoice({ linked, links, onChoose }: LinksChoiceProps) {
  if (linked === 0) return <p>No assistant is linked.</p>;
  return (
    <div className="checks">
      <label>
        <input
          type="checkbox"
          checked={links}
          aria-describedby="ends-links"
          onChange={({ currentTarget }) => onChoose(currentTarget.checked)}
        />
        {endsLinks(linked)}
      </label>
      <p className="small quiet" id="ends-links">
        Somebody else may have linked one in your name. What you use has to be linked again.
      </p>
    </div>
  );
}

const doneBy = (links: boolean): string =>
  links ? "You are signed out everywhere, and no assistant is linked." : "You are signed out everywhere.";

function Question({ onClose }: { readonly onClose: () => void }) {
  const { api } = useParts();
  // One that was linked since, perhaps by somebody else, must be among those that can be ended.
  const linked = useLinked(true);
  const queries = useQueryClient();
  const toasts = useToasts();
  const [links, setLinks] = useState(false);
  const signOut = useMutation({
    mutationFn: () => api.signOutEverywhere(links),
    onSuccess: () => {
      toasts.show({ words: doneBy(links) });
      endSession(queries);
    },
  });
  return (
    <div className="stack">
      <p>
        Every browser, this one too, asks you to sign in again. What the command line and voice do for you ends.
        {linked !== 0 && !links && " Assistants stay linked."}
      </p>
      <LinksChoice linked={linked} links={links} onChoose={setLinks} />
      <Answers act={signOut} keep="Stay signed in" confirm="Sign out everywhere" onClose={onClose} />
    </div>
  );
}

/** What stays when every session ends. */
const Stays = ({ linked }: { readonly linked: number | null }) =>
  linked !== null && linked > 0 ? (
    <p className="small quiet">
      {assistants(linked)} {linked === 1 ? "stays" : "stay"} linked unless you end that, too.
    </p>
  ) : null;

/** Ending the person's sessions in every browser, and their links where they say so. */
export function Sessions() {
  const [asking, setAsking] = useState(false);
  const linked = useLinked();
  const close = (): void => setAsking(false);
  return (
    <section className="sheet stack" aria-labelledby="sessions">
      <h2 id="sessions">Sessions</h2>
      <div className="line">
        <div>
          <p className="quiet">Signed in somewhere that you do not trust, or no longer have?</p>
          <Stays linked={linked} />
        </div>
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
