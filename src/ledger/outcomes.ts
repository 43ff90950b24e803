import type { OperationState } from "../kernel/ports/ledger.ts";
import { stateOf, type EffectsParts } from "./effects.ts";
import { findOperations } from "./records/operations.ts";

/** How operations ended, for whoever shows them. */
export interface Outcomes {
  /** Those of a person, by id; what is not theirs, or is no operation, is left out. */
  of(userId: string, ids: readonly string[]): Promise<ReadonlyMap<string, OperationState>>;
}

export const createOutcomes = (parts: Pick<EffectsParts, "database" | "sealer" | "clock">): Outcomes => ({
  async of(userId, ids) {
    const rows = await findOperations(parts.database.handle, userId, ids);
    return new Map(await Promise.all(rows.map(async (row) => [row.id, await stateOf(parts, row)] as const)));
  },
});
