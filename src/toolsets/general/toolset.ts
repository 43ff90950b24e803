import { defineToolset, type Toolset } from "../../kernel/tool.ts";
import { accountReport, type ReportSources } from "./account-report.ts";
import { approvalStatus, type Questions } from "./approval-status.ts";
import { cancelJob } from "./cancel-job.ts";
import { jobStatus, type OwnJobs } from "./job-status.ts";

/** What the tools on calls themselves need of the rooms that keep them. */
export interface GeneralParts<Handle> {
  readonly questions: Questions;
  readonly ownJobs: OwnJobs;
  readonly sources: ReportSources;
  readonly jobs: {
    /** Cancels a job of this person's, with its operation, in the transaction of the handle. */
    cancel(
      handle: Handle,
      userId: string,
      id: string,
      now: Date,
    ): Promise<"cancelled" | "not_cancellable" | "ended" | null>;
  };
}

/** What an assistant may ask about calls that outlive their request, and the report on an account. */
export const generalToolset = <Handle>({ questions, ownJobs, sources, jobs }: GeneralParts<Handle>): Toolset<Handle> =>
  defineToolset({
    name: "general",
    title: "General",
    tools: [approvalStatus, jobStatus, accountReport, cancelJob],
    ports: (handle: Handle) => ({
      questions,
      ownJobs,
      sources,
      cancelling: { cancel: (userId: string, id: string, now: Date) => jobs.cancel(handle, userId, id, now) },
    }),
  });
