import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";

/** A person's jobs, as far as cancelling goes; bound to the call's transaction. */
export interface Cancelling {
  /** Null where the person has no such job. */
  cancel(userId: string, id: string, now: Date): Promise<"cancelled" | "not_cancellable" | "ended" | null>;
}

/** Ends a job that waits or runs; nothing of it is kept. The person's own action: no assistant sees it. */
export const cancelJob = defineTool({
  name: "cancel_job",
  title: "Cancel a job",
  description: "Ends a job that waits or runs. Its work stops, and nothing of it is kept.",
  effect: "write",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: [],
  audience: "person",
  examples: [],
  input: z.object({ jobId: z.string().min(1).max(100) }),
  output: z.object({ jobId: z.string(), cancelled: z.boolean() }),
  async run({ jobId }, { principal, now, cancelling }: Call & { cancelling: Cancelling }) {
    const outcome = await cancelling.cancel(principal.userId, jobId, now);
    if (outcome === null) throw new AppError("not_found", "You have no job with this id.");
    if (outcome === "ended")
      throw new AppError("conflict", "The job has ended already, so there is nothing to cancel.");
    if (outcome === "not_cancellable") {
      throw new AppError("conflict", "What it does outside has begun, so it cannot be taken back.", {
        next: "Wait for how it ends.",
      });
    }
    return { text: "The job is cancelled. Nothing of it is kept.", data: { jobId, cancelled: true } };
  },
});
