import { useQuery } from "@tanstack/react-query";
import { Outlet, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { useParts } from "../console-parts.ts";
import { followNotices } from "../notices/push-browser.ts";
import { PersonFrame, TaskFrame } from "../parts/frame.tsx";
import { ToSignIn } from "../parts/leave.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { sessionQuery } from "../queries.ts";

/** A notice that is clicked leads on in this window, where it is open, instead of a new one. */
function FollowNotices() {
  const { history } = useRouter();
  useEffect(() => followNotices((path) => history.push(path)), [history]);
  return null;
}

/** Pages that need a signed-in person; anyone else signs in first and then comes back. */
export function SignedIn() {
  const { api } = useParts();
  const session = useQuery(sessionQuery(api));
  if (session.isPending) {
    return (
      <PersonFrame user={null}>
        <Waiting rows={2} height={168} />
      </PersonFrame>
    );
  }
  // While the server restarts, what was read stands: the page stays, with all that is on it.
  if (session.isError && session.data === undefined) {
    return (
      <TaskFrame>
        <Trouble error={session.error} onRetry={() => void session.refetch()} />
      </TaskFrame>
    );
  }
  if (!session.data) return <ToSignIn />;
  return (
    <PersonFrame user={session.data}>
      <FollowNotices />
      <Outlet />
    </PersonFrame>
  );
}
