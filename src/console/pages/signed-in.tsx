import { useQuery } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { useParts } from "../console-parts.ts";
import { PersonFrame, TaskFrame } from "../parts/frame.tsx";
import { ToSignIn } from "../parts/leave.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { sessionQuery } from "../queries.ts";

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
  if (session.isError) {
    return (
      <TaskFrame>
        <Trouble error={session.error} onRetry={() => void session.refetch()} />
      </TaskFrame>
    );
  }
  if (session.data === null) return <ToSignIn />;
  return (
    <PersonFrame user={session.data}>
      <Outlet />
    </PersonFrame>
  );
}
