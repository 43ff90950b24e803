import type { Json } from "./json.ts";

/** The call that erases a person: its own receipt is all that stays. */
export interface ErasingCall {
  readonly receiptId: string;
  readonly now: Date;
}

/** What one room keeps of a person: every room that keeps something offers this, and the composition root collects it. */
export interface PersonalData<Handle> {
  /** Member of the export. */
  readonly name: string;
  /**
   * All of it, in the person's own terms; never a secret or a hash of one. A list that grows with use comes row by row,
   * read page by page, so that no export has to fit into memory.
   */
  exportOf(handle: Handle, userId: string): Promise<Json> | AsyncIterable<Json>;
  /**
   * Erases it, inside the transaction of the handle. Absent where the rows go with the user's own (ON DELETE CASCADE). A
   * room whose calls lock a row and then write it again has one: PostgreSQL asks for the user's row at the second time,
   * and would find it locked by an erasure that waits for the first.
   */
  erase?(handle: Handle, userId: string, call: ErasingCall): Promise<void>;
}
