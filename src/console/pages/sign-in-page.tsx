import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useParts } from "../console-parts.ts";
import { TaskFrame } from "../parts/frame.tsx";
import { ToPersonPage } from "../parts/leave.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { SignInForm } from "../parts/sign-in-form.tsx";
import { sessionQuery } from "../queries.ts";

/** Signing in, on the way to another page. */
export function SignInPage() {
  const { api } = useParts();
  const { to = "/" } = useSearch({ from: "/sign-in" });
  const session = useQuery(sessionQuery(api));
  if (session.data) return <ToPersonPage to={to} />;
  return (
    <TaskFrame>
      <div className="stack is-wide">
        <div>
          <PageHeading title="Sign in" />
          <p className="lead">See what may act for you, and what it did.</p>
        </div>
        <SignInForm focusFirst back={{ to }} />
      </div>
    </TaskFrame>
  );
}
