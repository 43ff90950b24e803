import type { Json } from "./json.ts";

/** What one room keeps of a person: every room that keeps something offers this, and the composition root collects it. */
export interface PersonalData<Handle> {
  /** Member of the export. */
  readonly name: string;
  /** All of it, in the person's own terms; never a secret or a hash of one. */
  exportOf(handle: Handle, userId: string): Promise<Json>;
  /** Erases it, inside the transaction of the handle. Absent where the rows go with the user's own (ON DELETE CASCADE). */
  erase?(handle: Handle, userId: string): Promise<void>;
}
