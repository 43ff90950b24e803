import type { JobRouteParts } from "../channels/api/job-routes.ts";
import type { JobViewParts } from "../channels/api/job-view.ts";
import type { Database } from "../database/handle.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Sealer } from "../kernel/seal.ts";
import type { OwnOperations } from "../ledger/own-operations.ts";
import type { OwnJobs } from "../toolsets/general/job-status.ts";
import { type ArtifactLinks } from "../work/artifact-links.ts";
import { isArtifactName, openFile } from "../work/artifacts.ts";
import { countArtifacts, listArtifacts, selectArtifact } from "../work/records/artifacts.ts";
import { selectJob, selectJobs } from "../work/records/jobs.ts";

interface JobParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly operations: OwnOperations;
  readonly artifactLinks: ArtifactLinks;
}

/** Who asked for jobs, what one of them answered, and its files: from the rooms that keep them. */
export const jobViewParts = ({
  database,
  clock,
  operations,
  artifactLinks,
  baseUrl,
  titles,
}: JobParts & Pick<JobViewParts, "baseUrl" | "titles">): JobViewParts => ({
  baseUrl,
  clock,
  titles,
  callersOf: (userId, ids) => operations.callersOf(userId, ids),
  countFiles: (ids) => countArtifacts(database.handle, ids),
  answerOf: async (userId, id) => (await operations.find(userId, id))?.answer ?? null,
  filesOf: (id) => listArtifacts(database.handle, [id]),
  linkTo: artifactLinks.linkTo,
});

/** What the routes read of jobs. */
export const jobFiles = (
  { handle }: Database,
  sealer: Sealer,
  artifactLinks: ArtifactLinks,
): Pick<JobRouteParts, "jobs" | "isGoodLink"> => ({
  jobs: {
    list: (query) => selectJobs(handle, query),
    find: ({ userId, clientId }, id) => selectJob(handle, userId, id, clientId),
    async file(id, name) {
      const found = isArtifactName(name) ? await selectArtifact(handle, id, name) : null;
      return found && { ...found, body: openFile(sealer, found) };
    },
  },
  isGoodLink: artifactLinks.isGood,
});

/** What an assistant may learn of its person's jobs. */
export const ownJobsOf = ({ database, clock, operations, artifactLinks }: JobParts): OwnJobs => ({
  async find(userId, clientId, id) {
    const job = await selectJob(database.handle, userId, id, clientId);
    if (job === null) return null;
    const operation = await operations.find(userId, id);
    const files = await listArtifacts(database.handle, [id]);
    const { tool, status, progress, error } = job;
    return {
      tool,
      status,
      unknown: operation?.state === "unknown",
      retries: error !== null,
      progress,
      answer: operation?.answer ?? null,
      error,
      files: files.map(({ name, mediaType }) => ({
        name,
        mediaType,
        url: artifactLinks.linkTo(id, name, clock()).url,
      })),
    };
  },
});
