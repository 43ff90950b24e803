import type { Admitted } from "./admit.ts";
import type { Clock } from "./clock.ts";
import { AppError } from "./errors.ts";
import { uuidv7 } from "./ids.ts";
import type { Json } from "./json.ts";
import type { CallResult } from "./call.ts";
import { pendingAnswer } from "./pending.ts";
import { orAborted } from "./perform.ts";
import type { Jobs, NewJob } from "./ports/jobs.ts";
import type { Ledger, Operation, OperationState } from "./ports/ledger.ts";
import type { Proposal } from "./proposal.ts";
import type { Receipt } from "./receipt.ts";
import { ended } from "./receipt-draft.ts";
import { mayState } from "./stated-assets.ts";
import type { BoundTool, Call, PreparedCall, ToolAnswer, ToolFacts } from "./tool.ts";

/** What a call needs that is answered before it is done. */
export interface LaterParts<Handle> {
  readonly ledger: Ledger<Handle>;
  readonly handle: Handle;
  readonly clock: Clock;
  readonly jobs: Jobs<Handle>;
  readonly deadlineMs: number;
  /** Where the person decides on an approval, and where they see a job. */
  readonly addresses: { approval(id: string): string; job(id: string): string };
}

/** Asks the person, queues work, and says how an operation stands. */
export interface AnswerLater<Handle> {
  /** @param left aborted when the caller leaves: then nobody is asked. */
  ask(admitted: Admitted<Handle>, operation: Operation, receipt: Receipt, left?: AbortSignal): Promise<CallResult>;
  queue(admitted: Admitted<Handle>, operation: Operation, receipt: Receipt): Promise<CallResult>;
  jobOf(
    tool: ToolFacts & { readonly reconciles: boolean },
    operation: Operation,
    status: NewJob["status"],
    now: Date,
  ): NewJob;
  pendingJob(tool: ToolFacts, id: string): ToolAnswer<Json>;
  answerOf(
    tool: BoundTool<Handle>,
    state: OperationState,
  ): { readonly answer: ToolAnswer<Json> } | { readonly error: AppError };
}

/** Runs of one job at most: evidence may take long to appear, and what may run again is not given up at once. */
const ATTEMPTS = { usual: 5, evidence: 12 } as const;

/** What was begun outside and may not be repeated is not, however many attempts are left: they are for what was not begun. */
const attemptsOf = ({ outside, idempotent, reconciles }: ToolFacts & { readonly reconciles: boolean }): number =>
  outside && !idempotent && reconciles ? ATTEMPTS.evidence : ATTEMPTS.usual;

/** A job of an operation. A hidden one has a caller who waits for it. */
export const jobOf = (
  tool: ToolFacts & { readonly reconciles: boolean },
  { id, principal }: Pick<Operation, "id" | "principal">,
  status: NewJob["status"],
  now: Date,
): NewJob => ({
  id,
  userId: principal.userId,
  clientId: principal.clientId,
  tool: tool.name,
  status,
  cancellable: !tool.outside,
  attempts: attemptsOf(tool),
  hidden: status === "running" && tool.outside === true,
  bounded: false,
  now,
});

const MOST_SENTENCE = 300;
const MOST_BOUNDS = 20;

/** What a tool may ask. @throws Error for one that the person could not be shown. */
function requireShowable(tool: ToolFacts, { sentence, bounds, spend }: Proposal): void {
  const fits = sentence.length > 0 && sentence.length <= MOST_SENTENCE && bounds.length <= MOST_BOUNDS;
  if (!fits) throw new Error(`${tool.name} asks in more words than can be shown.`);
  if (tool.effect === "money" && !spend?.amounts.length) throw new Error(`${tool.name} does not say what it spends.`);
  const undeclared = spend?.amounts.find(({ asset }) => !mayState(tool, asset));
  if (undeclared) throw new Error(`${tool.name} spends ${undeclared.asset}, which it does not declare.`);
}

/** What the tool asks. @throws Error for a tool that asks nobody. */
function proposalOf<Ports>(prepared: PreparedCall<Ports>, ctx: Call & Ports): Promise<Proposal> {
  if (!prepared.propose) throw new Error("The tool asks nobody.");
  return prepared.propose(ctx);
}

/** The answers of calls that are not done yet. */
const createPendings = (addresses: LaterParts<unknown>["addresses"]) => ({
  pendingJob: (tool: ToolFacts, id: string): ToolAnswer<Json> =>
    pendingAnswer(`${tool.title} is under way.`, {
      kind: "job",
      id,
      url: addresses.job(id),
      ask: "job_status",
      expiresAt: null,
    }),
  pendingApproval: (sentence: string, id: string, expiresAt: Date): ToolAnswer<Json> =>
    pendingAnswer(sentence, {
      kind: "approval",
      id,
      url: addresses.approval(id),
      ask: "approval_status",
      expiresAt: expiresAt.toISOString(),
    }),
});

/** See {@link AnswerLater}. */
export function createAnswerLater<Handle>(parts: LaterParts<Handle>): AnswerLater<Handle> {
  const { ledger, clock, addresses } = parts;

  const { pendingJob, pendingApproval } = createPendings(addresses);

  const quietCall = (operation: Operation, receipt: Receipt, left?: AbortSignal): Call => ({
    principal: operation.principal,
    requestId: operation.requestId,
    receiptId: receipt.id,
    now: receipt.startedAt,
    signal: AbortSignal.any([AbortSignal.timeout(parts.deadlineMs), ...(left ? [left] : [])]),
    progress: () => undefined,
  });

  return {
    jobOf,
    pendingJob,
    async ask({ tool, prepared }, operation, receipt, left) {
      const call = quietCall(operation, receipt, left);
      const proposal = await orAborted(call.signal, proposalOf(prepared, { ...call, handle: parts.handle }));
      requireShowable(tool, proposal);
      const asked = { ...operation, id: uuidv7(receipt.startedAt) };
      const question = {
        operation: asked,
        effect: tool.effect,
        proposal,
        receipt: ended(receipt, clock(), "asked", null),
      };
      const { id, expiresAt } = await ledger.ask(question);
      return { ok: true, answer: pendingApproval(proposal.sentence, id, expiresAt), receiptId: receipt.id };
    },
    async queue({ tool }, operation, receipt) {
      const job = { ...jobOf(tool, operation, "queued", receipt.startedAt), bounded: true };
      await ledger.open({ receipt, operation, job });
      return { ok: true, answer: pendingJob(tool, receipt.id), receiptId: receipt.id };
    },
    answerOf(tool, { id, answer, error, question, hasJob }) {
      if (answer) return { answer };
      if (error) return { error };
      if (question) return { answer: pendingApproval(question.sentence, id, question.expiresAt) };
      if (hasJob) return { answer: pendingJob(tool, id) };
      return { error: new AppError("operation_running", "The call with this operation id is still under way.") };
    },
  };
}
