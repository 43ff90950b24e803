import * as z from "zod";
import { parseInput, readParameters } from "../../http/body.ts";
import { type RequestContext, type Routes, createRoutes } from "../../http/router.ts";
import { AppError } from "../../kernel/errors.ts";
import { isUuid } from "../../kernel/ids.ts";
import type { Principal } from "../../kernel/principal.ts";
import { artifactResponse, type ServedFile } from "./artifact-response.ts";
import { artifactView, type JobViewParts, jobViews, type KeptJob, wholeJobView } from "./job-view.ts";
import { noStore, type OwnActionParts, ownAction } from "./own-action.ts";
import type { ArtifactsView, JobsView } from "./types.ts";

const statuses = ["queued", "running", "completed", "failed", "cancelled", "expired"] as const;

/** Whose jobs are meant. */
interface Owner {
  readonly userId: string;
  /** Left out for the person in their own browser: they see what every client of theirs began. */
  readonly clientId?: string;
}

/** What the routes of jobs are made from. */
export interface JobRouteParts extends OwnActionParts, JobViewParts {
  /** The person behind the browser session or a bearer. @throws AppError `authentication_required` or `invalid_token`. */
  caller(request: Request): Promise<Principal>;
  readonly jobs: {
    /** Newest first. */
    list(
      query: Owner & {
        limit: number;
        status?: (typeof statuses)[number] | undefined;
        before?: string | undefined;
      },
    ): Promise<readonly KeptJob[]>;
    /** Null where this owner has no such job. */
    find(owner: Owner, id: string): Promise<KeptJob | null>;
    /** Null where the job has no file of this name. */
    file(
      id: string,
      name: string,
    ): Promise<(ServedFile & { readonly userId: string; readonly clientId: string }) | null>;
  };
  /** Whether a link to a file is ours, for this very file, and still counts. */
  isGoodLink(file: { jobId: string; name: string; expires: string; signature: string }, now: Date): boolean;
}

const jobsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(25),
  status: z.enum(statuses).optional(),
  cursor: z.string().refine(isUuid, "is not a cursor from a page before").optional(),
});

const linkQuery = z.object({ expires: z.string().max(20).default(""), signature: z.string().max(100).default("") });

const noJob = (): AppError => new AppError("not_found", "You have no job with this id.");
const noFile = (): AppError => new AppError("not_found", "There is no such file.");

/** Whose jobs they are: the person's in their own browser; what it began itself to a client that may see the profile. */
async function ownerOf(parts: JobRouteParts, c: RequestContext): Promise<Owner> {
  const { userId, clientId, channel, scopes } = await parts.caller(c.req.raw);
  if (channel === "web" && clientId === "console") return { userId };
  if (scopes.has("profile")) return { userId, clientId };
  throw new AppError("insufficient_scope", "Reading jobs needs the scope profile.", { details: { scope: "profile" } });
}

async function ownJob(parts: JobRouteParts, c: RequestContext): Promise<{ userId: string; job: KeptJob }> {
  const owner = await ownerOf(parts, c);
  const id = c.req.param("id") ?? "";
  const job = isUuid(id) ? await parts.jobs.find(owner, id) : null;
  if (job === null) throw noJob();
  return { userId: owner.userId, job };
}

async function list(parts: JobRouteParts, c: RequestContext): Promise<Response> {
  const owner = await ownerOf(parts, c);
  const { limit, status, cursor } = parseInput(jobsQuery, readParameters(new URL(c.req.url).searchParams));
  const found = await parts.jobs.list({ ...owner, limit: limit + 1, status, before: cursor });
  const shown = found.slice(0, limit);
  const view: JobsView = {
    jobs: await jobViews(parts, owner.userId, shown),
    next: found.length > shown.length ? (shown.at(-1)?.id ?? null) : null,
  };
  return Response.json(view, { headers: noStore });
}

const owns = (owner: Owner, { userId, clientId }: Required<Owner>): boolean =>
  owner.userId === userId && (owner.clientId ?? clientId) === clientId;

/** Who may have a file without a link that counts. A browser with an old link is led to the job, where new ones are. */
async function ownerWithoutLink(parts: JobRouteParts, c: RequestContext, had: boolean): Promise<Owner | Response> {
  try {
    return await ownerOf(parts, c);
  } catch (error) {
    if (!had || !(error instanceof AppError) || error.code !== "authentication_required") throw error;
    const jobId = c.req.param("id") ?? "";
    if (isUuid(jobId) && c.req.header("accept")?.includes("text/html")) return c.redirect(`/app/jobs/${jobId}`, 303);
    throw new AppError("authentication_required", "This link has expired, or was altered.", {
      next: "Ask for a new link with job_status, or sign in and open the job.",
    });
  }
}

/** A signed link opens its file to whoever has it; without one it opens to the owner. */
async function file(parts: JobRouteParts, c: RequestContext): Promise<Response> {
  const [jobId, name] = [c.req.param("id") ?? "", c.req.param("name") ?? ""];
  const { expires, signature } = parseInput(linkQuery, readParameters(new URL(c.req.url).searchParams));
  const isSigned = parts.isGoodLink({ jobId, name, expires, signature }, parts.clock());
  const owner = isSigned ? null : await ownerWithoutLink(parts, c, signature !== "");
  if (owner instanceof Response) return owner;
  const found = isUuid(jobId) && name.length <= 100 ? await parts.jobs.file(jobId, name) : null;
  if (found === null || (owner !== null && !owns(owner, found))) throw noFile();
  return artifactResponse(found);
}

/** A person's jobs under their published names: read, take along, cancel. */
export function jobRoutes(parts: JobRouteParts): Routes {
  const routes = createRoutes();
  routes.get("/api/tools/jobs", (c) => list(parts, c));
  routes.get("/api/tools/jobs/:id", async (c) => {
    const { userId, job } = await ownJob(parts, c);
    return Response.json(await wholeJobView(parts, userId, job), { headers: noStore });
  });
  routes.get("/api/tools/jobs/:id/artifacts", async (c) => {
    const { job } = await ownJob(parts, c);
    const files = await parts.filesOf(job.id);
    const view: ArtifactsView = { artifacts: files.map((one) => artifactView(parts, one)) };
    return Response.json(view, { headers: noStore });
  });
  routes.get("/api/tools/jobs/:id/artifacts/:name", (c) => file(parts, c));
  routes.post("/api/tools/jobs/:id/cancel", async (c) => {
    const { receiptId } = await ownAction(parts, c, "cancel_job", { jobId: c.req.param("id") });
    return Response.json({ receiptId }, { headers: noStore });
  });
  return routes;
}
