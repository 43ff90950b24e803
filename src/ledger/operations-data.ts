import type { Handle } from "../database/handle.ts";
import type { Json } from "../kernel/json.ts";
import type { PersonalData } from "../kernel/personal-data.ts";
import type { Sealer } from "../kernel/seal.ts";
import { approvalOf } from "./approval.ts";
import { type ApprovalRow, selectApprovals } from "./records/approvals.ts";
import { eraseOperations, listOperations, type OperationRow } from "./records/operations.ts";
import { answerOf, argsOf } from "./stored-operation.ts";

/** What exporting operations needs. */
export interface OperationsDataParts {
  readonly sealer: Sealer;
  /** A tool's arguments without what its schema marks as secret. */
  readonly shown: (tool: string, args: Json) => Json;
}

/** Each may hold arguments, and an answer of 1 MB. */
const PAGE = 20;

async function* allApprovals(
  { sealer, shown }: OperationsDataParts,
  handle: Handle,
  userId: string,
): AsyncGenerator<Json> {
  let before: string | undefined;
  do {
    const rows: readonly ApprovalRow[] = await selectApprovals(handle, { userId, limit: PAGE, before });
    for (const row of rows) {
      // As it is written down, whatever the time is by now.
      const approval = approvalOf(sealer, row, row.askedAt);
      const { tool, clientName, channel, sentence, status, askedAt, decidedAt, run } = approval;
      const bounds = approval.bounds.map(({ label, value }) => ({ label, value }));
      const times = { askedAt: askedAt.toISOString(), decidedAt: decidedAt?.toISOString() ?? null };
      yield {
        id: row.id,
        tool,
        clientName,
        channel,
        sentence,
        bounds,
        status,
        run,
        ...times,
        arguments: shown(tool, argsOf(sealer, row)),
      };
    }
    before = rows.length === PAGE ? rows.at(-1)?.id : undefined;
  } while (before !== undefined);
}

async function* allOperations(
  { sealer, shown }: OperationsDataParts,
  handle: Handle,
  userId: string,
): AsyncGenerator<Json> {
  let before: string | undefined;
  do {
    const rows: readonly OperationRow[] = await listOperations(handle, userId, PAGE, before);
    for (const row of rows) {
      const { id, tool, clientName, channel, state, code, createdAt } = row;
      const answer = answerOf(sealer, row);
      const said = {
        arguments: shown(tool, argsOf(sealer, row)),
        answer: answer && { text: answer.text, data: answer.data },
      };
      yield { id, tool, clientName, channel, state, code, createdAt: createdAt.toISOString(), ...said };
    }
    before = rows.length === PAGE ? rows.at(-1)?.id : undefined;
  } while (before !== undefined);
}

/** What this room keeps of calls that outlived their request, and of what a person was asked; the second goes with the first. */
export const operationsData = (parts: OperationsDataParts): readonly PersonalData<Handle>[] => [
  { name: "approvals", exportOf: (handle, userId) => allApprovals(parts, handle, userId) },
  {
    name: "operations",
    exportOf: (handle, userId) => allOperations(parts, handle, userId),
    erase: (handle, userId) => eraseOperations(handle, userId),
  },
];
