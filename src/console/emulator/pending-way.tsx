import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Pending } from "../../ui/tool-answer.ts";
import { approvalQuery } from "../approvals/approvals-queries.ts";
import type { Approval } from "../approvals/contract.ts";
import { StatusLabel, statusWords } from "../approvals/status.tsx";
import { useParts } from "../console-parts.ts";
import type { Job } from "../jobs/contract.ts";
import { JobStand } from "../jobs/job-stand.tsx";
import { isUnderWay, standOf, standWords } from "../jobs/stand.ts";
import { usePoll } from "../jobs/use-poll.ts";
import { jobQuery } from "../work-queries.ts";

/** How what a call was answered with stands by now; each undefined where it is something else, or not read yet. */
export interface Followed {
  readonly approval: Approval | undefined;
  readonly job: Job | undefined;
}

/** Follows what a call waits for, as the other pages do: it arrives by itself. */
export function useFollowed(pending: Pending | null): Followed {
  const { api } = useParts();
  const poll = usePoll();
  const idOf = (kind: Pending["kind"]): string | null => (pending?.kind === kind ? pending.id : null);
  const [asked, begun] = [idOf("approval"), idOf("job")];
  const approval = useQuery({ ...approvalQuery(api, asked ?? ""), enabled: asked !== null }).data;
  const job = useQuery({
    ...jobQuery(api, begun ?? ""),
    enabled: begun !== null,
    refetchInterval: ({ state }) => poll(state.data !== undefined && isUnderWay(state.data)),
  }).data;
  return { approval, job };
}

/** How it stands, in a few words, once that is more than the answer said; else null. */
export function followedWords({ approval, job }: Followed): string | null {
  if (approval && approval.status !== "pending") return statusWords(approval).toLowerCase();
  return job && !isUnderWay(job) ? standWords(standOf(job)).toLowerCase() : null;
}

interface WayProps extends Followed {
  readonly id: string;
}

/** What is to be decided, or how it was. */
const AskedWay = ({ id, approval }: WayProps) =>
  approval && approval.status !== "pending" ? (
    <>
      <StatusLabel approval={approval} />{" "}
      <Link to="/approvals/$id" params={{ id }}>
        See what came of it
      </Link>
    </>
  ) : (
    <>
      Nothing was done yet: it waits for you.{" "}
      <Link to="/approvals/$id" params={{ id }}>
        Look and decide
      </Link>
    </>
  );

/** What goes on, or how it ended. */
const JobWay = ({ id, job }: WayProps) =>
  job && !isUnderWay(job) ? (
    <>
      <JobStand job={job} />{" "}
      <Link to="/jobs/$id" params={{ id }}>
        See what came of it
      </Link>
    </>
  ) : (
    <>
      It goes on by itself.{" "}
      <Link to="/jobs/$id" params={{ id }}>
        See how far it is
      </Link>
    </>
  );

/** Where what the call waits for is decided or seen: the same page that an assistant leads to. */
export function PendingWay({ pending, followed }: { readonly pending: Pending | null; readonly followed: Followed }) {
  if (pending === null) return null;
  const Way = pending.kind === "approval" ? AskedWay : JobWay;
  return (
    <p className="stage-note">
      <Way id={pending.id} {...followed} />
    </p>
  );
}
