import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ApiError } from "../api.ts";
import { useParts } from "../console-parts.ts";
import { PageHeading } from "../parts/page-heading.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { Words } from "../parts/words.tsx";
import { sessionQuery } from "../queries.ts";
import { ApprovalCard } from "./approval-card.tsx";
import { approvalQuery } from "./approvals-queries.ts";

/** An id that is none is refused as such. */
const isMissing = (error: Error): boolean =>
  error instanceof ApiError && ["not_found", "invalid_input"].includes(error.facts.code);

function Missing() {
  const { api } = useParts();
  const { data: user } = useQuery(sessionQuery(api));
  return (
    <div className="stack">
      <PageHeading title="There is nothing to decide here" />
      <p>
        The address may be old or mistyped, or it may be somebody else’s to decide. You are signed in as{" "}
        <strong>
          <Words text={user?.label ?? ""} />
        </strong>
        .
      </p>
    </div>
  );
}

function Content({ id }: { readonly id: string }) {
  const { api } = useParts();
  const approval = useQuery(approvalQuery(api, id));
  if (approval.data) return <ApprovalCard approval={approval.data} />;
  if (approval.isPending) return <Waiting rows={3} height={96} />;
  if (isMissing(approval.error)) return <Missing />;
  return (
    <div className="stack">
      <PageHeading title="This could not be read" />
      <Trouble error={approval.error} onRetry={() => void approval.refetch()} />
    </div>
  );
}

/** One approval, at the address that an assistant gives the person. */
export function ApprovalPage() {
  const { id } = useParams({ from: "/signed-in/approvals/$id" });
  return (
    <div className="stack is-wide">
      <Content key={id} id={id} />
      <p className="small">
        <Link to="/approvals">All approvals</Link>
      </p>
    </div>
  );
}
