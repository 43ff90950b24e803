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
  /** What came of a person's calls, by id, and who made them. */
  operationsOf(
    userId: string,
    ids: readonly string[],
  ): Promise<
    ReadonlyMap<
      string,
      {
        readonly clientName: string;
        readonly channel: string;
        readonly answer: { readonly text: string; readonly data: Json } | null;
      }
    >
  >;
  filesOf(jobIds: readonly string[]): Promise<readonly KeptFile[]>;
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

type Operations = Awaited<ReturnType<JobViewParts["operationsOf"]>>;

/** The answer of a job that completed. @param whole with its data, which may be as long as 1 MB. */
function resultOf(
  parts: JobViewParts,
  { id, status }: KeptJob,
  { operations, files, whole }: { operations: Operations; files: readonly KeptFile[]; whole: boolean },
): JobView["resultPayload"] {
  if (status !== "completed") return null;
  const answer = operations.get(id)?.answer;
  const own = files.filter(({ jobId }) => jobId === id);
  return {
    text: answer?.text ?? "",
    data: whole ? (answer?.data ?? null) : null,
    artifacts: own.map((file) => artifactView(parts, file)),
  };
}

/**
 * A person's jobs as the REST routes and the event stream give them.
 * @param whole with the data of their answers.
 */
export async function jobViews(
  parts: JobViewParts,
  userId: string,
  jobs: readonly KeptJob[],
  whole = false,
): Promise<readonly JobView[]> {
  const ids = jobs.map(({ id }) => id);
  const [operations, files] = await Promise.all([parts.operationsOf(userId, ids), parts.filesOf(ids)]);
  return jobs.map((job) => ({
    id: job.id,
    jobType: job.tool,
    title: parts.titles.get(job.tool) ?? job.tool,
    status: job.status,
    clientName: operations.get(job.id)?.clientName ?? "",
    channel: operations.get(job.id)?.channel ?? "",
    attempt: job.attempt,
    progress: progressOf(job),
    cancellable: isCancellable(job),
    createdAt: job.createdAt.toISOString(),
    updatedAt: job.changedAt.toISOString(),
    startedAt: timeOf(job.startedAt),
    completedAt: timeOf(job.finishedAt),
    statusUrl: `${parts.baseUrl}/api/tools/jobs/${job.id}`,
    resultPayload: resultOf(parts, job, { operations, files, whole }),
    errorMessage: job.error?.message ?? null,
    error: job.error,
  }));
}
