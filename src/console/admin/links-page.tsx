import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useParts } from "../console-parts.ts";
import { LinkTimes } from "../links/link-facts.tsx";
import { originWords } from "../links/origin-words.ts";
import { assistantChannels, channelName } from "../parts/channels.ts";
import { Choice } from "../parts/choice.tsx";
import { SearchField } from "../parts/search-field.tsx";
import { Words } from "../parts/words.tsx";
import type { LinkFilter } from "./admin-api.ts";
import { AdminList } from "./admin-list.tsx";
import { AdminPage } from "./admin-page.tsx";
import { linksQuery } from "./admin-queries.ts";
import type { Link as AdminLink } from "./contract.ts";
import { type Decision, DecisionDialog } from "./decision.tsx";
import { PersonName } from "./person-name.tsx";

const channels = assistantChannels.map((value) => ({ value, words: channelName(value) }));

const isFiltered = (filter: LinkFilter): boolean => Object.values(filter).some((value) => value !== undefined);

function Row({ link, onRevoke }: { readonly link: AdminLink; readonly onRevoke: () => void }) {
  const heading = `link-${link.id}`;
  return (
    <li className="line" aria-labelledby={heading}>
      <div className="stack is-tight">
        <h2 id={heading}>
          <Words text={link.clientName} limit={60} /> for <PersonName person={link.user} />
        </h2>
        <p className="small quiet">
          <Words text={link.redirectHost} none="no host" /> · <Words text={channelName(link.channel)} /> ·{" "}
          <Words text={originWords(link)} limit={120} />
        </p>
        <p className="small">
          <Words text={link.scopes.map(({ name }) => name).join(", ")} limit={160} />
        </p>
        <p className="grant-times is-plain small quiet">
          <LinkTimes grant={link} />
        </p>
        <p className="small actions is-quiet">
          <Link to="/admin" search={{ userId: link.user.id }}>
            All links of this person
          </Link>
          <Link to="/admin" search={{ clientId: link.clientId }}>
            All links of this client
          </Link>
        </p>
      </div>
      <Button variant="default" onClick={onRevoke} aria-describedby={heading}>
        Revoke
      </Button>
    </li>
  );
}

interface ToolbarProps {
  readonly filter: LinkFilter;
  readonly onChange: (filter: LinkFilter) => void;
}

function Toolbar({ filter, onChange: change }: ToolbarProps) {
  return (
    <div className="toolbar" role="search" aria-label="Links">
      <SearchField
        label="Search people and assistants"
        value={filter.q ?? ""}
        onSearch={(q) => change({ ...filter, q: q || undefined })}
      />
      <Choice
        title="Any channel"
        options={channels}
        value={filter.channel ?? ""}
        onChoose={(channel) => change({ ...filter, channel: channel || undefined })}
      />
      {isFiltered(filter) && (
        <Link to="/admin" search={{}} className="small">
          Show all
        </Link>
      )}
    </div>
  );
}

/** Everybody's links. */
export function LinksPage() {
  const { api } = useParts();
  const filter = useSearch({ from: "/signed-in/admin" });
  const navigate = useNavigate({ from: "/admin" });
  const links = useInfiniteQuery(linksQuery(api, filter));
  const [decision, setDecision] = useState<Decision | null>(null);
  const change = (search: LinkFilter): void => void navigate({ search, replace: true, resetScroll: false });
  const askToRevoke = (link: AdminLink): void => {
    setDecision({
      title: (
        <>
          Revoke <Words text={link.clientName} limit={60} />?
        </>
      ),
      about: (
        <>
          It can no longer act for <PersonName person={link.user} />. Its next call is refused. They can link it again.
        </>
      ),
      keep: "Keep it",
      confirm: "Revoke",
      final: true,
      done: "The link is revoked.",
      act: () => api.admin.revokeLink(link.id),
    });
  };
  return (
    <AdminPage title="All links" lead="What may act for whom. What you end here is refused at its next call.">
      <Toolbar filter={filter} onChange={change} />
      <AdminList
        list={links}
        none={isFiltered(filter) ? <p>No such links.</p> : <p>Nobody has linked anything yet.</p>}
      >
        {(items) => (
          <ul className="sheet lines" aria-label="Links">
            {items.map((link) => (
              <Row key={link.id} link={link} onRevoke={() => askToRevoke(link)} />
            ))}
          </ul>
        )}
      </AdminList>
      <DecisionDialog decision={decision} onClose={() => setDecision(null)} />
    </AdminPage>
  );
}
