import type { OperationState } from "../kernel/ports/ledger.ts";
import type { Channel } from "../kernel/principal.ts";
import { stateOf, type EffectsParts } from "./effects.ts";
import { findOperations } from "./records/operations.ts";

/** How an operation stands, and who asked for it. */
export interface CallOutcome extends OperationState {
  readonly clientName: string;
  readonly channel: Channel;
}

/** How operations ended, for whoever shows them. */
export interface Outcomes {
  /** Those of a person, by id; what is not theirs, or is no operation, is left out. */
  of(userId: string, ids: readonly string[]): Promise<ReadonlyMap<string, CallOutcome>>;
}

export const createOutcomes = (parts: Pick<EffectsParts, "database" | "sealer" | "clock">): Outcomes => ({
  async of(userId, ids) {
    const rows = ids.length === 0 ? [] : await findOperations(parts.database.handle, userId, ids);
    const outcomes = rows.map(async (row): Promise<readonly [string, CallOutcome]> => {
      const { clientName, channel } = row;
      return [row.id, { ...(await stateOf(parts, row)), clientName, channel }];
    });
    return new Map(await Promise.all(outcomes));
  },
});
