import type { Approval } from "./approval.ts";
import type { Approvals } from "./approvals.ts";

/** News of what a person is asked: a source of the feed. Each stands as it is now, once for every change that is read. */
export const approvalNews = (approvals: Pick<Approvals, "changedSince">) => ({
  kind: "approval",
  async changedSince(userId: string, from: Date, limit: number) {
    const changed = await approvals.changedSince(userId, from, limit);
    return changed.map((approval: Approval) => ({
      id: approval.id,
      at: approval.changedAt,
      item: { kind: "approval" as const, approval },
    }));
  },
});
