import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useParts } from "../console-parts.ts";
import { CopyText } from "../parts/copy.tsx";
import { RefusedIcon } from "../parts/icons.tsx";
import { SearchField } from "../parts/search-field.tsx";
import { When } from "../parts/when.tsx";
import { Words } from "../parts/words.tsx";
import { AdminList } from "./admin-list.tsx";
import { AdminPage } from "./admin-page.tsx";
import { clientsQuery } from "./admin-queries.ts";
import type { Client } from "./contract.ts";
import { type Decision, DecisionDialog } from "./decision.tsx";

const kinds: Readonly<Record<string, string>> = {
  dynamic: "Registered itself",
  document: "Described by its own document",
  preset: "Part of this server’s settings",
  operator: "Set up by the operator",
};

const linkCount = (links: number): string => (links === 1 ? "1 link" : `${links} links`);

interface RowProps {
  readonly client: Client;
  readonly onCut: () => void;
  readonly onDelete: () => void;
}

function Facts({ client }: { readonly client: Client }) {
  return (
    <>
      <p className="small quiet">
        <Words text={client.redirectHosts.join(", ")} none="no address" limit={160} /> ·{" "}
        <Words text={kinds[client.kind] ?? client.kind} /> · <When at={client.createdAt} form="day" />
      </p>
      <p className="small quiet">
        <CopyText value={client.id} what="client id" />
      </p>
      {client.disabledAt !== null && (
        <p className="stopped">
          <RefusedIcon small />
          <span>
            Cut off <When at={client.disabledAt} form="ago" />
          </span>
        </p>
      )}
    </>
  );
}

function Row({ client, onCut, onDelete }: RowProps) {
  const heading = `client-${client.id}`;
  return (
    <li className="line" aria-labelledby={heading}>
      <div className="stack is-tight">
        <h2 id={heading}>
          <Words text={client.name} limit={60} />
        </h2>
        <Facts client={client} />
        <p className="small">
          <Link to="/admin" search={{ clientId: client.id }}>
            {linkCount(client.links)}
          </Link>
        </p>
      </div>
      <div className="actions">
        <Button variant="default" onClick={onCut} aria-describedby={heading}>
          {client.disabledAt === null ? "Cut off" : "Restore"}
        </Button>
        <Button variant="default" className="is-final-quiet" onClick={onDelete} aria-describedby={heading}>
          Delete
        </Button>
      </div>
    </li>
  );
}

function useDecisions() {
  const { api } = useParts();
  const named = (client: Client) => <Words text={client.name} limit={60} />;
  const cut = (client: Client): Decision =>
    client.disabledAt === null
      ? {
          title: <>Cut {named(client)} off?</>,
          about: `Every call, refresh and new link of it is refused from now on, for everybody: ${linkCount(client.links)}. You can restore it.`,
          keep: "Leave it",
          confirm: "Cut off",
          done: "The assistant is cut off.",
          act: () => api.admin.setClientDisabled(client.id, true),
        }
      : {
          title: <>Restore {named(client)}?</>,
          about: "Its links work again, and it can be linked anew.",
          keep: "Leave it",
          confirm: "Restore",
          done: "The assistant is restored.",
          act: (passkey) => api.admin.setClientDisabled(client.id, false, passkey),
        };
  const remove = (client: Client): Decision => ({
    title: <>Delete {named(client)}?</>,
    about: `All of its links end, for everybody: ${linkCount(client.links)}. It cannot be undone. It may come back by registering again; to keep it out, cut it off instead.`,
    keep: "Keep it",
    confirm: "Delete",
    final: true,
    done: "The assistant is deleted.",
    act: () => api.admin.deleteClient(client.id),
  });
  return { cut, remove };
}

/** Every client that is known here. */
export function AssistantsPage() {
  const { api } = useParts();
  const { q } = useSearch({ from: "/signed-in/admin/assistants" });
  const navigate = useNavigate({ from: "/admin/assistants" });
  const clients = useInfiniteQuery(clientsQuery(api, q));
  const [decision, setDecision] = useState<Decision | null>(null);
  const { cut, remove } = useDecisions();
  return (
    <AdminPage title="Assistants" lead="Every program that has introduced itself here, whether it was linked or not.">
      <div className="toolbar" role="search" aria-label="Assistants">
        <SearchField
          label="Search names, ids and addresses"
          value={q ?? ""}
          onSearch={(words) => void navigate({ search: { q: words || undefined }, replace: true, resetScroll: false })}
        />
      </div>
      <AdminList
        list={clients}
        none={<p>{q === undefined ? "No assistant has come here yet." : "No such assistant."}</p>}
      >
        {(items) => (
          <ul className="sheet lines" aria-label="Assistants">
            {items.map((client) => (
              <Row
                key={client.id}
                client={client}
                onCut={() => setDecision(cut(client))}
                onDelete={() => setDecision(remove(client))}
              />
            ))}
          </ul>
        )}
      </AdminList>
      <DecisionDialog decision={decision} onClose={() => setDecision(null)} />
    </AdminPage>
  );
}
