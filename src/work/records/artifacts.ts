import { sql } from "kysely";
import type { Handle } from "../../database/handle.ts";

/** A file of a job, without what is in it. */
export interface ArtifactFacts {
  readonly jobId: string;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
}

/** A file of a job as it lies there: what is in it is sealed with the master secret. */
export interface SealedArtifact extends ArtifactFacts {
  readonly sealed: Uint8Array;
}

/** Stores the files of a job, in the order in which its tool gave them. They go with their job. */
export async function insertArtifacts(handle: Handle, files: readonly SealedArtifact[]): Promise<void> {
  for (const [place, { jobId, name, mediaType, bytes, sealed }] of files.entries()) {
    await sql`
      insert into tool_job_artifacts (job_id, name, place, media_type, bytes, sealed)
      values (${jobId}, ${name}, ${place}::int, ${mediaType}, ${bytes}::int, ${sealed})`.execute(handle);
  }
}

/** The files of jobs, as their tools gave them. */
export async function listArtifacts(handle: Handle, jobIds: readonly string[]): Promise<readonly ArtifactFacts[]> {
  if (jobIds.length === 0) return [];
  const { rows } = await sql<ArtifactFacts>`
    select job_id as "jobId", name, media_type as "mediaType", bytes from tool_job_artifacts
    where job_id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(jobIds)}::jsonb))
    order by job_id, place`.execute(handle);
  return rows;
}

/** How many files jobs have, by id; jobs without any are left out. */
export async function countArtifacts(handle: Handle, jobIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (jobIds.length === 0) return new Map();
  const { rows } = await sql<{ jobId: string; count: number }>`
    select job_id as "jobId", count(*)::int as count from tool_job_artifacts
    where job_id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(jobIds)}::jsonb))
    group by job_id`.execute(handle);
  return new Map(rows.map(({ jobId, count }) => [jobId, count]));
}

/** One file, whose job it is of, and who asked for that; null where there is none of this name. */
export async function selectArtifact(
  handle: Handle,
  jobId: string,
  name: string,
): Promise<(SealedArtifact & { readonly userId: string; readonly clientId: string }) | null> {
  const { rows } = await sql<SealedArtifact & { readonly userId: string; readonly clientId: string }>`
    select job_id as "jobId", name, media_type as "mediaType", bytes, sealed, user_id as "userId",
      client_id as "clientId"
    from tool_job_artifacts join tool_jobs on tool_jobs.id = job_id
    where job_id = ${jobId} and name = ${name}`.execute(handle);
  return rows[0] ?? null;
}
