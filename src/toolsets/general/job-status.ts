import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { isUuid } from "../../kernel/ids.ts";
import type { Json } from "../../kernel/json.ts";
import { personal } from "../../kernel/redaction.ts";
import { type Call, defineTool, type Progress } from "../../kernel/tool.ts";

const statuses = ["queued", "running", "completed", "failed", "cancelled", "expired"] as const;

/** How a job stands. */
export interface JobState {
  readonly tool: string;
  readonly status: (typeof statuses)[number];
  /** True while nobody can prove whether its effect happened. */
  readonly unknown: boolean;
  /** True once a try failed and another follows. */
  readonly retries: boolean;
  readonly progress: Progress | null;
  readonly answer: { readonly text: string; readonly data: Json } | null;
  readonly error: { readonly code: string; readonly message: string; readonly next: string } | null;
  /** Files, each with a link that opens it for some minutes. */
  readonly files: readonly { readonly name: string; readonly mediaType: string; readonly url: string }[];
}

/** What assistants began for a person. */
export interface OwnJobs {
  /** Null where this client began no such job for the person: what another one was answered is not for it. */
  find(userId: string, clientId: string, id: string): Promise<JobState | null>;
}

const output = z.object({
  id: z.string(),
  status: z.enum(statuses),
  outcome: z
    .enum(["pending", "done", "failed", "unknown"])
    .describe("`unknown`: nobody can prove yet whether it happened. Do not call the tool again."),
  progress: z
    .object({ stage: z.string(), percent: z.number().nullable(), etaSeconds: z.number().nullable() })
    .nullable(),
  // No schema of ours says what in it is personal, so a receipt keeps none of it; nor of links that open files.
  result: personal(z.unknown()).describe("What the tool answered; null before."),
  files: personal(z.array(z.object({ name: z.string(), mediaType: z.string(), url: z.string() }))).describe(
    "What it made. Each link opens for some minutes; ask again for a new one.",
  ),
  error: z.object({ code: z.string(), message: z.string(), next: z.string() }).nullable(),
});

function howFar({ progress }: JobState): string {
  if (progress === null) return "";
  const percent = progress.percent === null ? "" : `, ${progress.percent} %`;
  const eta = progress.etaSeconds === null ? "" : `, about ${progress.etaSeconds} s left`;
  return ` ${progress.stage}${percent}${eta}.`;
}

function wordsOfUnknown({ status }: JobState): string {
  return status === "queued" || status === "running"
    ? "It was begun and cut short, and nobody can prove yet whether it happened. The server looks for evidence by itself. Do not call the tool again, or it may happen twice; ask here again in a minute."
    : "It was begun and cut short, and no evidence was found whether it happened. Do not call the tool again. Tell the person, who can check at the other side; what it may have cost stays counted.";
}

/** What is said of each way in which it can stand. */
function words(job: JobState): string {
  const because = job.error ? ` ${job.error.message} ${job.error.next}` : "";
  if (job.unknown) return wordsOfUnknown(job);
  if (job.status === "queued" && job.retries)
    return `A try did not succeed, and another follows by itself.${because ? ` ${job.error?.message}` : ""}`;
  if (job.status === "queued") return "It waits for a worker. Ask again in a moment.";
  if (job.status === "running") return `It is under way.${howFar(job)} Ask again in a moment.`;
  if (job.status === "completed") {
    const files = job.files.map(({ name, url }) => `${name}: ${url}`).join("\n");
    return [`Done. ${job.answer?.text ?? ""}`.trim(), files].filter(Boolean).join("\n");
  }
  if (job.status === "cancelled") return "The person cancelled it. Nothing was changed.";
  if (job.status === "expired")
    return "It waited too long for a worker and was given up. Nothing was changed; call again.";
  return `It did not succeed.${because}`;
}

function outcomeOf({ unknown, status }: JobState): "pending" | "done" | "failed" | "unknown" {
  if (unknown) return "unknown";
  if (status === "queued" || status === "running") return "pending";
  return status === "completed" ? "done" : "failed";
}

/** Says how a job stands, and what its tool answered once it has ended. */
export const jobStatus = defineTool({
  name: "job_status",
  title: "Look at a job",
  description:
    "Use this to learn how something stands that goes on as a job, with the id that the call was answered with. Once it is done, it gives the tool's answer and links to its files.",
  effect: "read",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: ["read"],
  audience: "assistant",
  labels: { invoking: "Looking at the job...", invoked: "Looked at the job" },
  examples: ["Is my report ready?", "How far is that?"],
  input: z.object({ id: z.string().max(100).describe("The id of the job.") }),
  output,
  async run({ id }, { principal, ownJobs }: Call & { ownJobs: OwnJobs }) {
    const job = isUuid(id) ? await ownJobs.find(principal.userId, principal.clientId, id) : null;
    if (job === null) throw new AppError("not_found", "This client has begun no job with this id.");
    return {
      text: words(job),
      data: {
        id,
        status: job.status,
        outcome: outcomeOf(job),
        progress: job.progress,
        result: job.answer?.data ?? null,
        files: job.files.map(({ name, mediaType, url }) => ({ name, mediaType, url })),
        error: job.error,
      },
    };
  },
});
