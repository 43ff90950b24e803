import type { OperationState } from "../kernel/ports/ledger.ts";
import { stateOf, type EffectsParts } from "./effects.ts";
import { type Caller, findOperation, selectCallers } from "./records/operations.ts";

/** How an operation of a person stands, and who asked for it. */
export interface OwnOperation extends OperationState, Omit<Caller, "id"> {}

/** How operations stand, for whoever shows them. */
export interface OwnOperations {
  /** One of a person's, with its answer; null for what is not theirs, or is no operation. */
  find(userId: string, id: string): Promise<OwnOperation | null>;
  /** Who asked for those of a person, by id; what is not theirs is left out. No answer is read, so that lists are cheap. */
  callersOf(userId: string, ids: readonly string[]): Promise<ReadonlyMap<string, Caller>>;
}

export const createOwnOperations = (parts: Pick<EffectsParts, "database" | "sealer" | "clock">): OwnOperations => ({
  async find(userId, id) {
    const row = await findOperation(parts.database.handle, id);
    if (row?.userId !== userId) return null;
    const { clientName, channel } = row;
    return { ...(await stateOf(parts, row)), clientName, channel };
  },
  async callersOf(userId, ids) {
    const callers = await selectCallers(parts.database.handle, userId, ids);
    return new Map(callers.map((caller) => [caller.id, caller]));
  },
});
