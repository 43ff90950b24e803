import type { Handle } from "../database/handle.ts";
import type { Json } from "../kernel/json.ts";
import type { PersonalData } from "../kernel/personal-data.ts";
import type { Sealer } from "../kernel/seal.ts";
import { approvalOf } from "./approval.ts";
import { type ApprovalRow, selectApprovals } from "./records/approvals.ts";
import { eraseOperations } from "./records/operations.ts";
import { argsOf } from "./stored-operation.ts";

const PAGE = 200;

async function* allApprovals(sealer: Sealer, handle: Handle, userId: string): AsyncGenerator<Json> {
  let before: string | undefined;
  do {
    const rows: readonly ApprovalRow[] = await selectApprovals(handle, { userId, limit: PAGE, before });
    for (const row of rows) {
      // As it is written down, whatever the time is by now.
      const approval = approvalOf(sealer, row, row.askedAt);
      const { tool, clientName, channel, sentence, status, askedAt, decidedAt, run } = approval;
      const times = { askedAt: askedAt.toISOString(), decidedAt: decidedAt?.toISOString() ?? null };
      yield { id: row.id, tool, clientName, channel, sentence, status, run, ...times, arguments: argsOf(sealer, row) };
    }
    before = rows.length === PAGE ? rows.at(-1)?.id : undefined;
  } while (before !== undefined);
}

/** What this room keeps of what a person was asked, and of calls that outlived their request. */
export const approvalsData = (sealer: Sealer): PersonalData<Handle> => ({
  name: "approvals",
  exportOf: (handle, userId) => allApprovals(sealer, handle, userId),
  erase: (handle, userId) => eraseOperations(handle, userId),
});
