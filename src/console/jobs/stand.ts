import type { Job, JobStatus } from "./contract.ts";

/** Where a job stands, as a person sees it: that nobody can prove how it ended is a state of its own. */
export type Stand = JobStatus | "unknown";

/** See {@link Stand}. */
export const standOf = ({ status, error }: Pick<Job, "status" | "error">): Stand =>
  error?.code === "outcome_unknown" && status !== "completed" && status !== "cancelled" ? "unknown" : status;

/** Whether something is still to come. */
export const isUnderWay = ({ status }: Pick<Job, "status">): boolean => status === "queued" || status === "running";

const words: Readonly<Record<Stand, string>> = {
  queued: "Waiting",
  running: "Under way",
  completed: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
  expired: "Expired",
  unknown: "Outcome unknown",
};

/** Where a job stands, in a word or two. */
export const standWords = (stand: Stand): string => words[stand];
