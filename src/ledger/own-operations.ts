import type { OperationState } from "../kernel/ports/ledger.ts";
import type { Channel } from "../kernel/principal.ts";
import { stateOf, type EffectsParts } from "./effects.ts";
import { findOperations } from "./records/operations.ts";

/** How an operation of a person stands, and who asked for it. */
export interface OwnOperation extends OperationState {
  readonly clientName: string;
  readonly channel: Channel;
}

/** How operations stand, for whoever shows them. */
export interface OwnOperations {
  /** Those of a person, by id; what is not theirs, or is no operation, is left out. */
  of(userId: string, ids: readonly string[]): Promise<ReadonlyMap<string, OwnOperation>>;
}

export const createOwnOperations = (parts: Pick<EffectsParts, "database" | "sealer" | "clock">): OwnOperations => ({
  async of(userId, ids) {
    const rows = ids.length === 0 ? [] : await findOperations(parts.database.handle, userId, ids);
    const operations = rows.map(async (row): Promise<readonly [string, OwnOperation]> => {
      const { clientName, channel } = row;
      return [row.id, { ...(await stateOf(parts, row)), clientName, channel }];
    });
    return new Map(await Promise.all(operations));
  },
});
