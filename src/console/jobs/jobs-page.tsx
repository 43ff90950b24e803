import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useParts } from "../console-parts.ts";
import { askedBy } from "../parts/channels.ts";
import { Choice } from "../parts/choice.tsx";
import { Older } from "../parts/older.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { When } from "../parts/when.tsx";
import { Words } from "../parts/words.tsx";
import type { JobFilter } from "../work-api.ts";
import { jobsQuery } from "../work-queries.ts";
import { type Job, isJobStatus } from "./contract.ts";
import { JobProgress } from "./job-progress.tsx";
import { JobStand } from "./job-stand.tsx";
import { isUnderWay, standWords } from "./stand.ts";
import { usePoll } from "./use-poll.ts";

const options = (["queued", "running", "completed", "failed", "cancelled", "expired"] as const).map((value) => ({
  value,
  words: standWords(value),
}));

const JobLink = ({ job }: { readonly job: Job }) => (
  <Link to="/jobs/$id" params={{ id: job.id }} className="row-button">
    <Words text={job.title} limit={80} />
  </Link>
);

const UnderWay = ({ jobs }: { readonly jobs: readonly Job[] }) => (
  <section className="stack is-tight" aria-labelledby="under-way">
    <h2 id="under-way" className="day">
      Under way
    </h2>
    <ul className="cards">
      {jobs.map((job) => (
        <li key={job.id} className="sheet stack is-tight job-card">
          <div className="line">
            <h3 className="job-title">
              <JobLink job={job} />
            </h3>
            <JobStand job={job} />
          </div>
          <JobProgress job={job} />
          <p className="small quiet">
            <Words text={askedBy(job)} limit={40} /> · <When at={job.createdAt} form="ago" />
          </p>
        </li>
      ))}
    </ul>
  </section>
);

const filesOf = ({ artifactCount }: Job): string =>
  artifactCount === 0 ? "" : artifactCount === 1 ? "1 file" : `${artifactCount} files`;

const Ended = ({ jobs, alone }: { readonly jobs: readonly Job[]; readonly alone: boolean }) => (
  <section className="stack is-tight" aria-labelledby="ended">
    <h2 id="ended" className={alone ? "is-hidden-to-eyes" : "day"}>
      Ended
    </h2>
    <ul className="job-rows">
      {jobs.map((job) => (
        <li key={job.id} className="job-row">
          <JobStand job={job} />
          <div className="job-row-name">
            <JobLink job={job} />
            <p className="small quiet only-phone">
              <Words text={askedBy(job)} limit={40} /> · <When at={job.completedAt ?? job.updatedAt} form="ago" />
            </p>
          </div>
          <span className="small quiet only-wide">{filesOf(job)}</span>
          <span className="small quiet only-wide">
            <Words text={askedBy(job)} limit={40} />
          </span>
          <span className="small quiet only-wide numbers job-row-when">
            <When at={job.completedAt ?? job.updatedAt} form="ago" />
          </span>
        </li>
      ))}
    </ul>
  </section>
);

const NoJobs = ({ filtered }: { readonly filtered: boolean }) => (
  <section className="sheet stack is-tight" aria-labelledby="no-jobs">
    <h2 id="no-jobs">{filtered ? "No such jobs" : "No jobs yet"}</h2>
    {filtered ? (
      <p>
        <Link to="/jobs">Show all jobs</Link>
      </p>
    ) : (
      <>
        <p>
          What takes an assistant longer than 25 seconds goes on here by itself, and so does what you approve. You can
          leave, and find its result later.
        </p>
        <p className="quiet">
          To make one, say to a linked assistant: “Make my account report.” <Link to="/linked-accounts">Link one</Link>{" "}
          first if you have not yet.
        </p>
      </>
    )}
  </section>
);

/** The jobs that were asked for, and how to ask for others. */
function useJobs() {
  const { api } = useParts();
  const filter = useSearch({ from: "/signed-in/jobs" });
  const navigate = useNavigate({ from: "/jobs" });
  const poll = usePoll();
  const jobs = useInfiniteQuery({
    ...jobsQuery(api, filter),
    refetchInterval: ({ state }) => poll(state.data?.pages.some((page) => page.jobs.some(isUnderWay)) ?? false),
  });
  const change = (search: JobFilter): void => void navigate({ search, replace: true, resetScroll: false });
  return { jobs, filter, change };
}

/** Work that outlived its call: what is under way first, then what has ended, the newest on top. */
export function JobsPage() {
  const { jobs, filter, change } = useJobs();
  const list = jobs.data?.pages.flatMap((page) => page.jobs);
  const filtered = filter.status !== undefined;
  const running = list?.filter(isUnderWay) ?? [];
  const ended = list?.filter((job) => !isUnderWay(job)) ?? [];
  return (
    <div className="stack is-wide">
      <div>
        <PageHeading title="Jobs" />
        <p className="lead">Work that goes on by itself once it was asked for or approved, and what came of it.</p>
      </div>
      {(filtered || (list && list.length > 0)) && (
        <div className="toolbar" role="search" aria-label="Jobs">
          <Choice
            title="Any state"
            options={options}
            value={filter.status ?? ""}
            onChoose={(value) => change({ status: isJobStatus(value) ? value : undefined })}
          />
          {filtered && (
            <Link to="/jobs" resetScroll={false} className="small">
              Show all
            </Link>
          )}
        </div>
      )}
      {jobs.isPending && <Waiting rows={4} height={64} />}
      {jobs.isError && !list && <Trouble error={jobs.error} onRetry={() => void jobs.refetch()} />}
      {list && list.length === 0 && !jobs.isPlaceholderData && <NoJobs filtered={filtered} />}
      {list && list.length > 0 && (
        <div
          className={jobs.isPlaceholderData ? "stack is-wide is-past" : "stack is-wide"}
          aria-busy={jobs.isPlaceholderData}
        >
          {running.length > 0 && <UnderWay jobs={running} />}
          {ended.length > 0 && <Ended jobs={ended} alone={running.length === 0} />}
          <Older list={jobs} />
        </div>
      )}
    </div>
  );
}
