import type { Handle } from "../database/handle.ts";
import type { Json } from "../kernel/json.ts";
import type { PersonalData } from "../kernel/personal-data.ts";
import { type ArtifactFacts, listArtifacts } from "./records/artifacts.ts";
import { eraseJobs, type Job, selectJobs } from "./records/jobs.ts";
import { eraseEntries, selectEntries } from "./records/outbox.ts";

const PAGE = 200;

const timeOf = (time: Date | null): string | null => time?.toISOString() ?? null;

const exportedJob = (job: Job, files: readonly ArtifactFacts[]): Json => ({
  id: job.id,
  client: job.clientId,
  tool: job.tool,
  status: job.status,
  attempts: job.attempt,
  progress: job.progress && { ...job.progress },
  error: job.error && { ...job.error },
  createdAt: job.createdAt.toISOString(),
  startedAt: timeOf(job.startedAt),
  finishedAt: timeOf(job.finishedAt),
  files: files
    .filter(({ jobId }) => jobId === job.id)
    .map(({ name, mediaType, bytes }) => ({ name, mediaType, bytes })),
});

async function* allJobs(handle: Handle, userId: string): AsyncGenerator<Json> {
  let before: string | undefined;
  do {
    const page: readonly Job[] = await selectJobs(handle, { userId, limit: PAGE, before, hidden: true });
    const ids = page.map(({ id }) => id);
    const files = await listArtifacts(handle, ids);
    yield* page.map((job) => exportedJob(job, files));
    before = page.length === PAGE ? ids.at(-1) : undefined;
  } while (before !== undefined);
}

async function* allMessages(handle: Handle, userId: string): AsyncGenerator<Json> {
  let before: string | undefined;
  do {
    const page: Awaited<ReturnType<typeof selectEntries>> = await selectEntries(handle, userId, {
      limit: PAGE,
      before,
    });
    yield* page.map(({ createdAt, doneAt, ...entry }): Json => ({
      ...entry,
      createdAt: createdAt.toISOString(),
      doneAt: timeOf(doneAt),
    }));
    before = page.length === PAGE ? page.at(-1)?.id : undefined;
  } while (before !== undefined);
}

/** What this room keeps of a person: their jobs with the names of their files, and what they were told of. */
export const workData: readonly PersonalData<Handle>[] = [
  { name: "jobs", exportOf: allJobs, erase: eraseJobs },
  { name: "messages", exportOf: allMessages, erase: eraseEntries },
];
