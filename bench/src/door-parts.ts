import type { InvokeParts } from "../../src/kernel/invoke.ts";
import { receiptKeeping } from "../../src/kernel/receipt-draft.ts";

/** Parts of the door whose cost is measured. */
export const doorParts = ["entitlement", "limit", "receipt"] as const;
export type DoorPart = (typeof doorParts)[number];

/** A door of which one part at a time can be left out while it is used. */
export interface SwitchedDoor {
  /** For `AppParts.door`. */
  door<Handle>(whole: InvokeParts<Handle>): InvokeParts<Handle>;
  /** Leaves out one part and puts back any other; null for none. */
  leaveOut(part: DoorPart | null): void;
}

/**
 * Measures the same process with a part and without: what differs between two processes, such as when their code was
 * compiled, would hide what a part costs. Of the receipt everything is left out but its id, which is in the answer:
 * hiding what is secret, the canonical forms and their digests, chaining and committing.
 */
export function createSwitchedDoor(): SwitchedDoor {
  let absent: DoorPart | null = null;
  const unless =
    <Args extends readonly unknown[], Result>(part: DoorPart, ask: (...args: Args) => Result, instead: Result) =>
    (...args: Args): Result =>
      absent === part ? instead : ask(...args);
  const nothing = Promise.resolve();
  const kept = { digest: "", text: null };
  const everything = { callsPerMinute: Infinity, take: () => nothing, giveBack: () => nothing };
  return {
    leaveOut: (part) => void (absent = part),
    door({ entitlementOf, limits, ledger, keeping = receiptKeeping, ...whole }) {
      return {
        ...whole,
        ...(entitlementOf && { entitlementOf: unless("entitlement", entitlementOf, Promise.resolve(everything)) }),
        ...(limits && { limits: { take: unless("limit", limits.take, undefined) } }),
        ledger: { ...ledger, record: unless("receipt", ledger.record, nothing) },
        keeping: {
          asked: unless("receipt", keeping.asked, kept),
          answered: unless("receipt", keeping.answered, kept),
        },
      };
    },
  };
}
