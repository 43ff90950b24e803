import type { Json } from "../../kernel/json.ts";
import type { Progress } from "../../kernel/tool.ts";
import type { ArtifactView, JobView } from "./types.ts";

/** A job, as whoever keeps it gives it. */
export interface KeptJob {
  readonly id: string;
  readonly tool: string;
  readonly status: JobView["status"];
  readonly attempt: number;
  readonly progress: Progress | null;
  readonly error: { readonly code: string; readonly message: string; readonly next: string } | null;
  readonly cancellable: boolean;
  readonly createdAt: Date;
  readonly changedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** A file of a job, without what is in it. */
export interface KeptFile {
  readonly jobId: string;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
}

/** What views of jobs are made from. */
export interface JobViewParts {
  readonly baseUrl: string;
  readonly clock: () => Date;
  /** The titles of all tools, by name. */
  readonly titles: ReadonlyMap<string, string>;
  /** Who asked for a person's calls, by id. */
  callersOf(
    userId: string,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly clientName: string; readonly channel: string }>>;
  /** How many files jobs have, by id; those without any are left out. */
  countFiles(jobIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** What a person's call was answered, which may be as long as 1 MB; null before. */
  answerOf(userId: string, id: string): Promise<{ readonly text: string; readonly data: Json } | null>;
  filesOf(jobId: string): Promise<readonly KeptFile[]>;
  /** A link that opens one file for some minutes. */
  linkTo(jobId: string, name: string, now: Date): { readonly url: string; readonly expiresAt: Date };
}

/** A file with a link that is made now. */
export function artifactView(parts: JobViewParts, { jobId, name, mediaType, bytes }: KeptFile): ArtifactView {
  const { url, expiresAt } = parts.linkTo(jobId, name, parts.clock());
  const id = `${jobId}/${name}`;
  return { id, filename: name, mimeType: mediaType, bytes, url, expiresAt: expiresAt.toISOString() };
}

const timeOf = (time: Date | null): string | null => time?.toISOString() ?? null;

const progressOf = ({ progress }: KeptJob): JobView["progress"] =>
  progress && { stage: progress.stage, percent: progress.percent, eta_seconds: progress.etaSeconds };

/** What has an effect outside can be taken back only before its first run. */
const isCancellable = ({ finishedAt, startedAt, cancellable }: KeptJob): boolean =>
  finishedAt === null && (cancellable || startedAt === null);

/** Reads of a person's jobs what their views are made from, besides their answers. */
async function lightViews(
  parts: JobViewParts,
  userId: string,
  jobs: readonly KeptJob[],
): Promise<(job: KeptJob) => JobView> {
  const ids = jobs.map(({ id }) => id);
  const [callers, counts] = await Promise.all([parts.callersOf(userId, ids), parts.countFiles(ids)]);
  return (job) => ({
    id: job.id,
    jobType: job.tool,
    title: parts.titles.get(job.tool) ?? job.tool,
    status: job.status,
    clientName: callers.get(job.id)?.clientName ?? "",
    channel: callers.get(job.id)?.channel ?? "",
    attempt: job.attempt,
    progress: progressOf(job),
    cancellable: isCancellable(job),
    createdAt: job.createdAt.toISOString(),
    updatedAt: job.changedAt.toISOString(),
    startedAt: timeOf(job.startedAt),
    completedAt: timeOf(job.finishedAt),
    statusUrl: `${parts.baseUrl}/api/tools/jobs/${job.id}`,
    artifactCount: counts.get(job.id) ?? 0,
    resultPayload: null,
    errorMessage: job.error?.message ?? null,
    error: job.error,
  });
}

/** A person's jobs as the list and the event stream give them: without their answers, which may be as long as 1 MB each. */
export async function jobViews(
  parts: JobViewParts,
  userId: string,
  jobs: readonly KeptJob[],
): Promise<readonly JobView[]> {
  return jobs.map(await lightViews(parts, userId, jobs));
}

/** What a completed job came to. */
async function resultOf(parts: JobViewParts, userId: string, id: string): Promise<JobView["resultPayload"]> {
  const [answer, files] = await Promise.all([parts.answerOf(userId, id), parts.filesOf(id)]);
  const artifacts = files.map((file) => artifactView(parts, file));
  return { text: answer?.text ?? "", data: answer?.data ?? null, artifacts };
}

/** One job with its whole answer and links to its files. */
export async function wholeJobView(parts: JobViewParts, userId: string, job: KeptJob): Promise<JobView> {
  const view = (await lightViews(parts, userId, [job]))(job);
  return job.status === "completed" ? { ...view, resultPayload: await resultOf(parts, userId, job.id) } : view;
}
