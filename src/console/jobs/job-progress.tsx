import { useNow } from "../parts/when.tsx";
import { Words } from "../parts/words.tsx";
import type { Job } from "./contract.ts";
import { timeLeft } from "./time-left.ts";

/** What stands there before a tool has said how far it is. */
const unsaid = { stage: "", percent: null, eta_seconds: null };

const SECOND = 1000;

/** How far a job is: a bar, what is being done, how much of it, and how long it still takes. */
export function JobProgress({ job }: { readonly job: Job }) {
  const now = useNow();
  const { stage, percent, eta_seconds: eta } = job.progress ?? unsaid;
  const share = percent === null || percent === undefined ? null : Math.round(Math.min(Math.max(percent, 0), 100));
  const passed = Math.max(0, now.getTime() - Date.parse(job.updatedAt)) / SECOND;
  const said = stage.trim() || (job.status === "queued" ? "Waiting for its turn" : "Working");
  const label = `Progress of ${job.title}`;
  const facts = [
    share === null ? null : `${share}%`,
    eta === null || eta === undefined ? null : timeLeft(eta - passed),
  ].filter((fact) => fact !== null);
  return (
    <div className="job-progress">
      {share === null ? (
        <progress className="progress" aria-label={label} />
      ) : (
        <progress className="progress" aria-label={label} value={share} max={100} />
      )}
      <p className="small quiet line">
        <span>
          <Words text={said} limit={80} />
        </span>
        <span className="numbers">{facts.join(" · ")}</span>
      </p>
    </div>
  );
}
