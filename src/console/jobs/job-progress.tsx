import { useState } from "react";
import { useCountdown } from "../parts/use-countdown.ts";
import { Words } from "../parts/words.tsx";
import type { Job } from "./contract.ts";
import { timeLeft } from "./time-left.ts";

/** What stands there before a tool has said how far it is. */
const unsaid = { stage: "", percent: null, eta_seconds: null };

const SECOND = 1000;

/** Counts down from when it was heard: the server's clock and this one may differ. A new word on it is a new one of these. */
function TimeLeft({ seconds }: { readonly seconds: number }) {
  const [until] = useState(() => Date.now() + seconds * SECOND);
  return timeLeft(useCountdown(until));
}

/** How far a job is: a bar, what is being done, how much of it, and how long it still takes. */
export function JobProgress({ job }: { readonly job: Job }) {
  const { stage, percent, eta_seconds: eta } = job.progress ?? unsaid;
  const share = percent === null ? null : Math.round(Math.min(Math.max(percent, 0), 100));
  const said = stage.trim() || (job.status === "queued" ? "Waiting for its turn" : "Working");
  const label = `Progress of ${job.title}`;
  return (
    <div className="job-progress">
      {share === null && job.status === "running" && <progress className="progress" aria-label={label} />}
      {share !== null && <progress className="progress" aria-label={label} value={share} max={100} />}
      <p className="small quiet line">
        <span>
          <Words text={said} limit={80} />
        </span>
        <span className="numbers">
          {share !== null && `${share}%`}
          {share !== null && eta !== null && " · "}
          {eta !== null && <TimeLeft key={job.updatedAt} seconds={eta} />}
        </span>
      </p>
    </div>
  );
}
