import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError } from "../api.ts";
import { ReceiptButton } from "../approvals/receipt-button.tsx";
import { useParts } from "../console-parts.ts";
import { askedBy, askedThrough } from "../parts/channels.ts";
import { CopyText } from "../parts/copy.tsx";
import { Answers, Dialog } from "../parts/dialog.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { When } from "../parts/when.tsx";
import { Words, useBeginning } from "../parts/words.tsx";
import { sessionQuery } from "../queries.ts";
import { jobQuery } from "../work-queries.ts";
import { ArtifactList } from "./artifact-list.tsx";
import type { Job } from "./contract.ts";
import { JobProgress } from "./job-progress.tsx";
import { JobStand } from "./job-stand.tsx";
import { JobTrouble } from "./job-trouble.tsx";
import { isUnderWay, standOf } from "./stand.ts";
import { usePoll } from "./use-poll.ts";

function CancelQuestion({ job, onClose }: { readonly job: Job; readonly onClose: () => void }) {
  const { api } = useParts();
  const queries = useQueryClient();
  const again = async (): Promise<void> => {
    await queries.invalidateQueries({ queryKey: jobQuery(api, job.id).queryKey });
    await queries.invalidateQueries({ queryKey: ["jobs"] });
  };
  const cancel = useMutation({
    mutationFn: () => api.cancelJob(job.id),
    onSuccess: () => {
      onClose();
      return again();
    },
    // It may have ended by itself in the meantime.
    onError: again,
  });
  return (
    <div className="stack">
      <p>
        The work stops, and nothing that it was to change is changed. It cannot be taken up again: ask for it anew if
        you want it after all.
      </p>
      <Answers act={cancel} keep="Let it go on" confirm="Cancel the job" final onClose={onClose} />
    </div>
  );
}

/** Stopping it, or why it cannot be stopped. */
function Cancel({ job }: { readonly job: Job }) {
  const [asking, setAsking] = useState(false);
  const close = (): void => setAsking(false);
  return (
    <>
      {isUnderWay(job) && job.cancellable && (
        <div className="actions">
          <Button variant="default" onClick={() => setAsking(true)}>
            Cancel
          </Button>
        </div>
      )}
      {isUnderWay(job) && !job.cancellable && standOf(job) !== "unknown" && (
        <p className="small quiet">It cannot be cancelled any more: it may already have had its effect.</p>
      )}
      <Dialog opened={asking} onClose={close} title="Cancel this job?">
        {asking && <CancelQuestion job={job} onClose={close} />}
      </Dialog>
    </>
  );
}

/** Characters of an answer that are shown at once. */
const BEGINNING = 1500;

function Answer({ text }: { readonly text: string }) {
  const { shown, more } = useBeginning(text, BEGINNING);
  if (text.trim() === "") return null;
  return (
    <section className="sheet stack is-tight" aria-labelledby="answer">
      <h2 id="answer">Answer</h2>
      <p className="job-answer" dir="auto">
        {shown}
      </p>
      {more}
    </section>
  );
}

function Facts({ job }: { readonly job: Job }) {
  const through = askedThrough(job);
  return (
    <section className="sheet stack" aria-labelledby="facts">
      <h2 id="facts">About this job</h2>
      <dl className="facts">
        <dt>Asked by</dt>
        <dd>
          <Words text={askedBy(job)} limit={200} />
          {job.channel !== "web" && through !== null && (
            <>
              , through <Words text={through} limit={60} />
            </>
          )}
        </dd>
        <dt>Asked</dt>
        <dd>
          <When at={job.createdAt} form="full" />
        </dd>
        {job.startedAt !== null && (
          <>
            <dt>Begun</dt>
            <dd>
              <When at={job.startedAt} form="full" />
            </dd>
          </>
        )}
        {job.completedAt !== null && (
          <>
            <dt>Ended</dt>
            <dd>
              <When at={job.completedAt} form="full" />
            </dd>
          </>
        )}
        {job.attempt > 1 && (
          <>
            <dt>Tries</dt>
            <dd className="numbers">{job.attempt}</dd>
          </>
        )}
        <dt>Tool</dt>
        <dd className="mono">
          <Words text={job.jobType} limit={200} />
        </dd>
        <dt>Job id</dt>
        <dd>
          <CopyText value={job.id} what="job id" />
        </dd>
        <dt>Receipt</dt>
        <dd>
          <ReceiptButton id={job.id} />
        </dd>
      </dl>
    </section>
  );
}

const TheJob = ({ job }: { readonly job: Job }) => (
  <div className="stack is-wide">
    <div className="stack is-tight">
      <PageHeading title={job.title}>
        <Words text={job.title} />
      </PageHeading>
      <p role="status">
        <JobStand job={job} />
      </p>
    </div>
    <div className="stack">
      {isUnderWay(job) && standOf(job) !== "unknown" && (
        <section className="sheet stack" aria-label="Progress">
          <JobProgress job={job} />
          <Cancel job={job} />
          <p className="small quiet">You can leave this page. It goes on, and you find it under Jobs.</p>
        </section>
      )}
      <JobTrouble job={job} />
      {job.resultPayload !== null && <Answer text={job.resultPayload.text} />}
      <ArtifactList job={job} />
      <Facts job={job} />
    </div>
  </div>
);

/** An id that is none is refused as such. */
const isMissing = (error: Error): boolean =>
  error instanceof ApiError && ["not_found", "invalid_input"].includes(error.facts.code);

function Missing() {
  const { api } = useParts();
  const { data: user } = useQuery(sessionQuery(api));
  return (
    <div className="stack">
      <PageHeading title="There is no job here" />
      <p>
        The address may be old or mistyped, or it may be somebody else’s job. You are signed in as{" "}
        <strong>
          <Words text={user?.label ?? ""} />
        </strong>
        .
      </p>
    </div>
  );
}

interface UnreadProps {
  readonly error: Error;
  readonly onRetry: () => void;
}

/** Why there is no job to see. Only a server that stumbled is asked again. */
function Unread({ error, onRetry }: UnreadProps) {
  if (isMissing(error)) return <Missing />;
  return (
    <div className="stack">
      <PageHeading title="This job could not be read" />
      <Trouble error={error} onRetry={onRetry} />
    </div>
  );
}

/** One job: how far it is, what came of it, and how to stop it. */
export function JobPage() {
  const { api } = useParts();
  const { id } = useParams({ from: "/signed-in/jobs/$id" });
  const poll = usePoll();
  const job = useQuery({
    ...jobQuery(api, id),
    // An approval that has led to no job yet leaves an empty place here.
    refetchInterval: ({ state }) => poll(state.data ? isUnderWay(state.data) : false),
  });
  return (
    <div className="stack">
      <p className="small">
        <Link to="/jobs">All jobs</Link>
      </p>
      {!job.data && !job.isError && <Waiting rows={3} height={120} />}
      {job.isError && !job.data && <Unread error={job.error} onRetry={() => void job.refetch()} />}
      {job.data && <TheJob job={job.data} />}
    </div>
  );
}
