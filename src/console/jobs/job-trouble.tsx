import { TroubleIcon, UnknownIcon } from "../parts/icons.tsx";
import { Words } from "../parts/words.tsx";
import type { Job } from "./contract.ts";
import { isUnderWay, standOf } from "./stand.ts";

/** Nobody can prove whether it happened: what that means, and what comes next. */
const Unknown = ({ job }: { readonly job: Job }) => (
  <div className="trouble">
    <UnknownIcon />
    <div className="stack is-tight">
      <p>
        <strong>It may have happened, and it may not.</strong> The work broke off at a moment at which nobody here can
        say whether it had its effect.
      </p>
      {isUnderWay(job) ? (
        <p>
          We look for proof by ourselves, and this page says so as soon as there is some. Do not ask for it a second
          time meanwhile: it could then happen twice.
        </p>
      ) : (
        <p>
          No proof was found, either way. Look where it would show, such as in your wallet or the other service, before
          you ask for it again: it could then happen twice.
        </p>
      )}
    </div>
  </div>
);

/** Nothing ended well: why, and what to do next. */
const Failed = ({ error, again }: { readonly error: NonNullable<Job["error"]>; readonly again: boolean }) => (
  <div className="trouble">
    <TroubleIcon />
    <p>
      <strong>
        <Words text={error.message} limit={400} />
      </strong>{" "}
      {again ? "It is tried again by itself, after a while." : <Words text={error.next} limit={400} none="" />}
    </p>
  </div>
);

/** What went wrong with a job, where something did. */
export function JobTrouble({ job }: { readonly job: Job }) {
  const stand = standOf(job);
  if (stand === "unknown") return <Unknown job={job} />;
  if (stand === "cancelled") return <p>It was cancelled. Nothing that it was still to change was changed.</p>;
  if (stand === "completed" || job.error === null) return null;
  return <Failed error={job.error} again={isUnderWay(job)} />;
}
