import type { Handle } from "../database/handle.ts";
import { type Clock, after } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { Ledger, Question } from "../kernel/ports/ledger.ts";
import type { Sealer } from "../kernel/seal.ts";
import { strengthOf } from "../kernel/spend.ts";
import type { ReceiptLedger } from "./ledger.ts";
import { expireQuestion } from "./expiry.ts";
import { digestOfQuestion } from "./question-digest.ts";
import {
  countAsked,
  countWaiting,
  findSameQuestion,
  insertApproval,
  lockQuestions,
  selectSameOverdue,
} from "./records/approvals.ts";
import { insertOperation } from "./records/operations.ts";
import type { Spending } from "./spending.ts";
import { argsMac, sealProposal, storedFacts } from "./stored-operation.ts";

/** What asking the person needs. */
export interface AskingParts {
  readonly clock: Clock;
  readonly receipts: ReceiptLedger;
  readonly sealer: Sealer;
  readonly spending: Pick<Spending, "policyOf" | "check">;
  /** Has the person told, once the question is committed. */
  readonly tell: (handle: Handle, notice: { readonly userId: string; readonly id: string }) => Promise<void>;
}

/** How long the person can decide. */
const SECONDS_TO_DECIDE = 15 * 60;

/** Questions of one person that may wait: more would only tire them out. */
const MOST_WAITING = 20;
/** Of one client, so that it leaves room for the others. */
const MOST_OF_ONE = 10;

async function store(
  { sealer, spending, tell, clock }: AskingParts,
  handle: Handle,
  question: Question,
): Promise<{ readonly id: string; readonly expiresAt: Date }> {
  const { operation, effect, proposal } = question;
  const { id, principal } = operation;
  const { userId } = principal;
  const now = clock();
  const expiresAt = after(now, SECONDS_TO_DECIDE);
  const policy = await spending.policyOf(handle, userId);
  // Nobody is asked for what could not be done.
  if (proposal.spend) await spending.check(handle, { userId, spend: proposal.spend, now });
  const facts = storedFacts(sealer, operation, effect);
  if (!(await insertOperation(handle, { ...facts, state: "waiting", hasJob: false, now }))) {
    throw new AppError("operation_running", "The call with this operation id is still under way.");
  }
  await insertApproval(handle, {
    id,
    userId,
    proposalSealed: sealProposal(sealer, proposal, id),
    strength: strengthOf(proposal, policy),
    policyVersion: policy.version,
    digest: digestOfQuestion({ operation, proposal, policyVersion: policy.version, expiresAt }),
    now,
    expiresAt,
  });
  await tell(handle, { userId, id });
  return { id, expiresAt };
}

/** @throws AppError `rate_limited` when enough waits for the person already. */
async function requireRoom(
  handle: Handle,
  asker: { readonly userId: string; readonly clientId: string; readonly now: Date },
): Promise<void> {
  const full =
    (await countWaiting(handle, asker.userId, asker.now)) >= MOST_WAITING ||
    (await countAsked(handle, asker)) >= MOST_OF_ONE;
  if (!full) return;
  throw new AppError("rate_limited", "Too many questions wait for the person already.", {
    next: "Let the person decide on those first.",
  });
}

/** Asks the person: see the ledger's `ask`. */
export const createAsking =
  (parts: AskingParts): Ledger<Handle>["ask"] =>
  (question) => {
    const { operation, receipt } = question;
    const { userId, clientId } = operation.principal;
    return parts.receipts.writing(userId, async (handle, write) => {
      // One question after the other, so that of two alike at once one waits and both get it.
      await lockQuestions(handle, userId);
      const now = parts.clock();
      const call = { userId, clientId, tool: operation.tool, argsMac: argsMac(parts.sealer, operation), now };
      const same = operation.key === null ? await findSameQuestion(handle, call) : null;
      if (same === null) for (const id of await selectSameOverdue(handle, call)) await expireQuestion(handle, id, now);
      if (same === null) await requireRoom(handle, { userId, clientId, now });
      const asked = same ?? (await store(parts, handle, question));
      await write(receipt);
      return asked;
    });
  };
