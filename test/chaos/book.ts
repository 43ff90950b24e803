import { isDeepStrictEqual } from "node:util";
import type { RawAnswer } from "../clients/raw-call.ts";
import type { LinkedPerson } from "../clients/linked-person.ts";

/** What can go wrong: something acknowledged is gone, an effect happened twice, something never ends. */
export type Trouble = "lost" | "twice" | "stuck";

/** One thing that went wrong, in words. */
export interface Finding {
  readonly trouble: Trouble;
  readonly what: string;
}

export const kinds = ["echo", "note_now", "note", "pay", "pay_idempotent", "slow_read", "long_job"] as const;
export type Kind = (typeof kinds)[number];

/** A call of an assistant, and all that was ever said about it. */
export interface Act {
  readonly kind: Kind;
  /** Its operation id, and the word or name by which its effect is found again. */
  readonly key: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly person: LinkedPerson;
  /** The answer that says that it is done; an earlier one counts. */
  done: RawAnswer | undefined;
  /** The code of an answer that says for good that it is not done. */
  refused: string | undefined;
  /** The id under which it waits, or goes on. */
  pending: RawAnswer["pending"];
  /** What the person means to say to it. */
  readonly wish: "approve" | "reject" | "cancel" | null;
  /** What they were told when they said it: their wish was taken, or it was too late for it. */
  told: "taken" | "late" | undefined;
  /** For whoever reads a finding. */
  readonly said: string[];
}

/** Codes with which the same call may be sent again. `rate_limited`: too many questions wait for the person. */
const passing: ReadonlySet<string> = new Set([
  "operation_running",
  "unavailable",
  "interrupted",
  "timeout",
  "rate_limited",
]);

/** True as long as nobody knows how the call was taken. */
export const isUnanswered = ({ done, refused, pending }: Act): boolean => !done && !refused && !pending;

/** Writes down an answer. Two answers to one call say the same. @returns what is wrong with it. */
export function hear(act: Act, answer: RawAnswer): readonly Finding[] {
  const { error, pending, data, receiptId } = answer;
  act.said.push(error ?? (pending ? `${pending.kind} ${pending.id}` : "done"));
  if (error !== null) {
    if (!passing.has(error)) act.refused ??= error;
    return error === "internal"
      ? [{ trouble: "lost", what: `${act.kind} ${act.key} met an error nobody foresaw` }]
      : [];
  }
  if (pending) {
    const other = act.pending !== null && act.pending.id !== pending.id;
    act.pending ??= pending;
    return other ? [{ trouble: "twice", what: `${act.kind} ${act.key} waits twice` }] : [];
  }
  const before = act.done;
  act.done ??= answer;
  const same = !before || (before.receiptId === receiptId && isDeepStrictEqual(before.data, data));
  // A read has no operation unless it is named, and everything here is.
  return same ? [] : [{ trouble: "twice", what: `${act.kind} ${act.key} was answered in two ways` }];
}
