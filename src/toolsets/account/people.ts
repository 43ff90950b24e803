import type { ErasingCall } from "../../kernel/personal-data.ts";

/** What signing out everywhere ends beside the sessions. */
export interface AlsoEnded {
  /** Every link of the person, and what they consented to that was not fetched yet. */
  readonly links: boolean;
}

/** What the account's actions need of the room that knows people, bound to the call's transaction. */
export interface People {
  /** The label by which a person confirms that they mean this account. */
  labelOf(userId: string): Promise<string | null>;
  setDisplayName(userId: string, displayName: string | null): Promise<void>;
  /** Removes a way to sign in, and ends every browser session but the one named. */
  removeIdentity(userId: string, id: string, now: Date, sessionRef?: string): Promise<"removed" | "last" | "unknown">;
  /** Ends every session; with `links` every link as well. @returns how many links ended. */
  signOutEverywhere(userId: string, also: AlsoEnded, now: Date): Promise<number>;
  /** Erases all that any room keeps of the person, but the receipt of the call that does it. */
  erase(userId: string, call: ErasingCall): Promise<void>;
}
