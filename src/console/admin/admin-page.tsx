import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useParts } from "../console-parts.ts";
import { PageHeading } from "../parts/page-heading.tsx";
import { sessionQuery } from "../queries.ts";

const parts = [
  { to: "/admin", words: "Links" },
  { to: "/admin/assistants", words: "Assistants" },
  { to: "/admin/people", words: "People" },
  { to: "/admin/channels", words: "Channels" },
  { to: "/admin/attempts", words: "Why did it fail?" },
] as const;

const Parts = () => (
  <nav className="part-nav" aria-label="Administration">
    <ul>
      {parts.map(({ to, words }) => (
        <li key={to}>
          <Link to={to} activeOptions={{ exact: true, includeSearch: false }}>
            {words}
          </Link>
        </li>
      ))}
    </ul>
  </nav>
);

/** What anybody else sees here; the server decides for itself, at each request. */
const NotForYou = () => (
  <div className="stack">
    <PageHeading title="For administrators" />
    <p>You are not an administrator of this server, so there is nothing for you on this page.</p>
    <p className="quiet">
      Its operator makes one with <code className="mono">npm start -- admin grant EMAIL</code>.
    </p>
    <p>
      <Link to="/">Go to the first page</Link>
    </p>
  </div>
);

interface AdminPageProps {
  readonly title: string;
  readonly lead: string;
  readonly children: ReactNode;
}

/** A page of administrators: who is none is told so. */
export function AdminPage({ title, lead, children }: AdminPageProps) {
  const { api } = useParts();
  const { data: user } = useQuery(sessionQuery(api));
  if (!user?.roles?.includes("admin")) return <NotForYou />;
  return (
    <div className="stack is-wide">
      <div className="stack">
        <Parts />
        <div>
          <PageHeading title={title} />
          <p className="lead">{lead}</p>
        </div>
      </div>
      {children}
    </div>
  );
}
