import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Bell } from "../approvals/bell.tsx";
import { useParts } from "../console-parts.ts";
import type { User } from "../contract.ts";
import { endSession } from "../queries.ts";
import { PauseBanner } from "../spending/pause-banner.tsx";
import { BellIcon } from "./icons.tsx";
import { LiveNote } from "./live-note.tsx";
import { LookButton } from "./look-switch.tsx";
import { Navigation } from "./navigation.tsx";
import { Trouble } from "./trouble.tsx";
import { Words } from "./words.tsx";

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

function Footer() {
  const { facts } = useParts();
  return <footer className="frame-footer">Bellhop {facts.version}</footer>;
}

/** A page for one task, such as signing in: a narrow column and nothing else. */
export function TaskFrame({ children }: { readonly children: ReactNode }) {
  return (
    <div className="task-frame">
      <header className="task-header">
        <span className="brand">
          <Brand />
        </span>
      </header>
      <main id="content" className="task-main">
        {children}
      </main>
      <Footer />
    </div>
  );
}

/** Who is signed in, the look of the pages, and the way out. */
function Person({ user }: { readonly user: User }) {
  const { api } = useParts();
  const queries = useQueryClient();
  const signOut = useMutation({ mutationFn: api.signOut, onSuccess: () => endSession(queries) });
  return (
    <div className="frame-person small">
      <LiveNote />
      <p className="frame-name" title={`Signed in as ${user.label}`}>
        <Words text={user.displayName ?? user.label} />
      </p>
      <div className="frame-tools">
        <button type="button" className="text-button" onClick={() => signOut.mutate()} disabled={signOut.isPending}>
          Sign out
        </button>
        <LookButton />
      </div>
      {signOut.isError && <Trouble error={signOut.error} />}
    </div>
  );
}

/** A page of the signed-in person; `user` is null while it is not known yet who that is. */
export function PersonFrame({ user, children }: { readonly user: User | null; readonly children: ReactNode }) {
  return (
    <div className="frame">
      <SkipLink />
      <header className="frame-header">
        <div className="frame-top">
          <Link to="/" className="brand" activeOptions={{ exact: true }} activeProps={{ "aria-current": undefined }}>
            <Brand />
          </Link>
          {user && <Bell />}
        </div>
        <Navigation admin={user?.roles?.includes("admin") ?? false} />
        {user && <Person user={user} />}
      </header>
      <div className="frame-page">
        {user && <PauseBanner />}
        <main id="content" tabIndex={-1} className="frame-main">
          {children}
        </main>
        <Footer />
      </div>
    </div>
  );
}
