import {
  type Guarded,
  isAbsentOr,
  isFlag,
  isListOf,
  isNullOr,
  isNumber,
  isOneOf,
  isShape,
  isText,
} from "../../ui/guards.ts";

/* What the API answers about work that goes on by itself. */

const isAnything = (_value: unknown): _value is unknown => true;

/** Where a job can stand. */
export const isJobStatus = isOneOf("queued", "running", "completed", "failed", "cancelled", "expired");
export type JobStatus = Guarded<typeof isJobStatus>;

const isArtifact = isShape({
  id: isText,
  filename: isText,
  mimeType: isText,
  bytes: isNumber,
  url: isText,
  expiresAt: isText,
});
/** A file of a job. Its address is signed and stands for some minutes. */
export type Artifact = Guarded<typeof isArtifact>;

export const isJob = isShape({
  id: isText,
  jobType: isText,
  title: isText,
  status: isJobStatus,
  clientName: isText,
  channel: isText,
  attempt: isNumber,
  progress: isNullOr(isShape({ stage: isText, percent: isNullOr(isNumber), eta_seconds: isNullOr(isNumber) })),
  cancellable: isFlag,
  createdAt: isText,
  updatedAt: isText,
  startedAt: isNullOr(isText),
  completedAt: isNullOr(isText),
  statusUrl: isText,
  artifactCount: isNumber,
  // Of a completed job, where it was read by itself: lists and events leave it out.
  resultPayload: isNullOr(
    isShape({
      text: isText,
      data: isAnything,
      artifacts: isListOf(isArtifact),
    }),
  ),
  errorMessage: isAbsentOr(isNullOr(isText)),
  error: isNullOr(isShape({ code: isText, message: isText, next: isText })),
});
/** Work that goes on by itself, and how far it is. */
export type Job = Guarded<typeof isJob>;

export const isJobPage = isShape({ jobs: isListOf(isJob), next: isNullOr(isText) });
/** One page of jobs, newest first; `next` leads to the older ones. */
export type JobPage = Guarded<typeof isJobPage>;
