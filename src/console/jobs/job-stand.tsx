import { DoneIcon, RefusedIcon, RunningIcon, TroubleIcon, UnknownIcon } from "../parts/icons.tsx";
import type { Job } from "./contract.ts";
import { standOf, standWords } from "./stand.ts";

const signs = {
  queued: RunningIcon,
  running: RunningIcon,
  completed: DoneIcon,
  failed: TroubleIcon,
  cancelled: RefusedIcon,
  expired: RefusedIcon,
  unknown: UnknownIcon,
} as const;

/** Where a job stands, as a sign and a word. Only what is proven done is green. */
export function JobStand({ job }: { readonly job: Job }) {
  const stand = standOf(job);
  const Sign = signs[stand];
  return (
    <span className={stand === "completed" ? "outcome is-ok" : "outcome"}>
      <Sign small />
      {standWords(stand)}
    </span>
  );
}
