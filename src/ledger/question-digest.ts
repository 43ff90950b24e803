import { digestOf } from "../kernel/json.ts";
import type { Operation } from "../kernel/ports/ledger.ts";
import type { Proposal } from "../kernel/proposal.ts";
import type { Sealer } from "../kernel/seal.ts";
import type { ApprovalRow } from "./records/approvals.ts";
import { proposalJson, proposalOf } from "./stored-operation.ts";

/** What a question is bound to. */
interface Asked {
  readonly operation: Operation;
  readonly proposal: Proposal;
  /** Of the person's limits. */
  readonly policyVersion: number;
  readonly expiresAt: Date;
}

/** All that the person is shown and that runs if they approve: what they decide on is this, and nothing else. */
export const digestOfQuestion = ({ operation, proposal, policyVersion, expiresAt }: Asked): string =>
  digestOf({
    id: operation.id,
    userId: operation.principal.userId,
    clientId: operation.principal.clientId,
    tool: operation.tool,
    arguments: operation.input,
    proposal: proposalJson(proposal),
    policyVersion,
    expiresAt: expiresAt.toISOString(),
  });

/**
 * Whether what is stored now is still what was asked. Asked again where it is decided and where it is used up, so that a
 * row whose tool, client or person was changed underneath runs nothing.
 * @throws AppError `unavailable` where the master secret is not the one that it was sealed with.
 */
export const standsAsAsked = (
  sealer: Sealer,
  operation: Operation,
  row: Pick<ApprovalRow, "id" | "proposalSealed" | "policyVersion" | "expiresAt" | "digest">,
): boolean => {
  const { id, proposalSealed, policyVersion, expiresAt, digest } = row;
  return (
    digestOfQuestion({ operation, proposal: proposalOf(sealer, proposalSealed, id), policyVersion, expiresAt }) ===
    digest
  );
};
