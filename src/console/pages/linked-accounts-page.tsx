import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useParts } from "../console-parts.ts";
import { RecentAttempts } from "../attempts/recent-attempts.tsx";
import type { Grant, Proof } from "../contract.ts";
import { isPublicAddress } from "../home/public-address.ts";
import { GroupCard, type LinkActions } from "../links/group-card.tsx";
import { groupLinks } from "../links/group-links.ts";
import { NarrowDialog } from "../links/narrow-dialog.tsx";
import { CopyLine, CopyText } from "../parts/copy.tsx";
import { DoneIcon } from "../parts/icons.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { RevokeDialog } from "../parts/revoke-dialog.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { Words } from "../parts/words.tsx";
import { grantsQuery } from "../queries.ts";

interface Revoked {
  readonly grants: readonly Grant[];
  readonly proof: Proof;
}

/** Takes the focus, because the button that led here is gone. */
function RevokedNote({ revoked }: { readonly revoked: Revoked }) {
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => note.current?.focus(), []);
  return (
    <div className="done" ref={note} tabIndex={-1}>
      <DoneIcon />
      <div>
        <p>
          <strong>
            <Words text={revoked.grants[0]?.clientName ?? ""} /> is no longer linked
            {revoked.grants.length > 1 ? `: ${revoked.grants.length} links have ended.` : "."}
          </strong>{" "}
          Its next call is refused.
        </p>
        <p className="small quiet">
          Receipt <CopyText value={revoked.proof.receiptId} what="receipt id" />
        </p>
      </div>
    </div>
  );
}

/** How to link an assistant: the one address, and what to do with it. */
function HowToLink({ first }: { readonly first: boolean }) {
  const { facts } = useParts();
  return (
    <section className="sheet stack" aria-labelledby="how-to-link">
      <h2 id="how-to-link">{first ? "Nothing is linked yet" : "Link another assistant"}</h2>
      {first && <p>Link an assistant, and it can use your tools for you, within what you allow.</p>}
      <ol className="steps">
        <li>Copy this address.</li>
        <li>
          {isPublicAddress(facts.mcpUrl)
            ? "In ChatGPT, Claude or another assistant, add a connector and paste it."
            : "In an assistant on this computer, such as Claude Code or Cursor, add a server and paste it."}
        </li>
        <li>The assistant opens a page here. Look at what it asks for, and decide.</li>
      </ol>
      <CopyLine value={facts.mcpUrl} what="MCP address" primary />
      <p className="small">
        <a href="/mcp">Each assistant, step by step</a>
      </p>
    </section>
  );
}

const Grants = ({ grants, ...actions }: LinkActions & { readonly grants: readonly Grant[] }) => (
  <ul className="grants">
    {groupLinks(grants).map((group) => (
      <GroupCard key={group.key} group={group} {...actions} />
    ))}
  </ul>
);

/** What may act for the person, with its end in reach. */
export function LinkedAccountsPage() {
  const { api } = useParts();
  const grants = useQuery(grantsQuery(api));
  const [asking, setAsking] = useState<readonly Grant[]>([]);
  const [narrowing, setNarrowing] = useState<Grant | null>(null);
  const [revoked, setRevoked] = useState<Revoked | null>(null);
  const done = (ended: readonly Grant[], proof: Proof): void => {
    setAsking([]);
    setRevoked({ grants: ended, proof });
  };
  return (
    <div className="stack is-wide">
      <div>
        <PageHeading title="Linked accounts" />
        <p className="lead">These assistants may act for you. Each does only what you allowed, and leaves a receipt.</p>
      </div>
      {revoked && <RevokedNote key={revoked.proof.receiptId} revoked={revoked} />}
      {grants.isPending && <Waiting rows={2} height={168} />}
      {grants.isError && <Trouble error={grants.error} onRetry={() => void grants.refetch()} />}
      {grants.data && grants.data.length > 0 && (
        <Grants grants={grants.data} onRevoke={setAsking} onNarrow={setNarrowing} />
      )}
      {grants.data && <HowToLink first={grants.data.length === 0} />}
      {grants.data && <RecentAttempts />}
      <RevokeDialog grants={asking} onClose={() => setAsking([])} onRevoked={done} />
      <NarrowDialog grant={narrowing} onClose={() => setNarrowing(null)} />
    </div>
  );
}
