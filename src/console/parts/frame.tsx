import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useParts } from "../console-parts.ts";
import type { User } from "../contract.ts";
import { endSession } from "../queries.ts";
import { BellIcon } from "./icons.tsx";
import { Trouble } from "./trouble.tsx";

const Brand = () => (
  <>
    <BellIcon />
    Bellhop
  </>
);

const SkipLink = () => (
  <a className="skip-link" href="#content">
    Skip to the content
  </a>
);

function Footer({ bare = false }: { readonly bare?: boolean }) {
  const { facts } = useParts();
  return <footer className={bare ? "frame-footer is-bare" : "frame-footer"}>Bellhop {facts.version}</footer>;
}

/** A page for one task, such as signing in: a narrow column and nothing else. */
export function TaskFrame({ children }: { readonly children: ReactNode }) {
  return (
    <div className="frame">
      <header className="frame-header is-bare">
        <span className="brand">
          <Brand />
        </span>
      </header>
      <main id="content" className="frame-main is-narrow">
        {children}
      </main>
      <Footer bare />
    </div>
  );
}

const Navigation = () => (
  <nav className="frame-nav" aria-label="Pages">
    <ul>
      <li>
        <Link to="/linked-accounts">Linked accounts</Link>
      </li>
      <li>
        <Link to="/receipts">Receipts</Link>
      </li>
    </ul>
  </nav>
);

function Person({ user, signOut }: { readonly user: User; readonly signOut: UseMutationResult<void, Error, void> }) {
  return (
    <div className="frame-person small">
      <span className="quiet" title={`Signed in as ${user.label}`}>
        {user.label}
      </span>
      <button type="button" className="text-button" onClick={() => signOut.mutate()} disabled={signOut.isPending}>
        Sign out
      </button>
    </div>
  );
}

/** A page of the signed-in person; `user` is null while it is not known yet who that is. */
export function PersonFrame({ user, children }: { readonly user: User | null; readonly children: ReactNode }) {
  const { api } = useParts();
  const queries = useQueryClient();
  const signOut = useMutation({
    mutationFn: api.signOut,
    onSuccess: () => endSession(queries),
  });
  return (
    <div className="frame">
      <SkipLink />
      <header className="frame-header">
        <Link to="/" className="brand" activeOptions={{ exact: true }}>
          <Brand />
        </Link>
        <Navigation />
        {user && <Person user={user} signOut={signOut} />}
      </header>
      <main id="content" tabIndex={-1} className="frame-main">
        {signOut.isError && <Trouble error={signOut.error} />}
        {children}
      </main>
      <Footer />
    </div>
  );
}
