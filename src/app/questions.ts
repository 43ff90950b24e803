import { AppError } from "../kernel/errors.ts";
import type { Approval } from "../ledger/approval.ts";
import type { Approvals } from "../ledger/approvals.ts";
import type { OwnOperations } from "../ledger/own-operations.ts";
import type { Questions } from "../toolsets/general/approval-status.ts";

interface QuestionParts {
  readonly approvals: Approvals;
  readonly operations: OwnOperations;
}

/** One of a person's questions, or null. */
export const findQuestion = (approvals: Approvals, userId: string, id: string): Promise<Approval | null> =>
  approvals.find(userId, id).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "not_found") return null;
    throw error;
  });

/** What assistants may learn of what they asked. */
export const questionsOf = ({ approvals, operations }: QuestionParts, baseUrl: string): Questions => ({
  async find(userId, clientId, id) {
    const approval = await findQuestion(approvals, userId, id);
    if (approval === null || approval.clientId !== clientId) return null;
    const operation = await operations.find(userId, id);
    const { sentence, status, run, expiresAt, decidedAt, error } = approval;
    const { code, message, next } = error ?? { code: "", message: "", next: "" };
    return {
      sentence,
      status,
      run,
      expiresAt,
      decidedAt,
      url: `${baseUrl}/app/approvals/${id}`,
      answer: operation?.answer ?? null,
      error: error && { code, message, next },
    };
  },
});
