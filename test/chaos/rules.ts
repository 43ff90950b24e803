import type { Act, Kind, Trouble } from "./book.ts";
import type { Traces } from "./traces.ts";

/** A call and its traces, and what is often asked of them. */
interface Case extends Traces {
  readonly act: Act;
  readonly operation: NonNullable<Traces["operation"]>;
  readonly done: boolean;
  /** How often its effect happened. */
  readonly effects: number;
}

/** What must never be true, and what it is then. */
interface Rule {
  readonly trouble: Trouble;
  readonly what: string;
  broken(one: Case): boolean;
}

const rule = (trouble: Trouble, what: string, broken: Rule["broken"]): Rule => ({ trouble, what, broken });

/** What holds for every call once all has settled. */
const everywhere: readonly Rule[] = [
  rule("stuck", "has not ended", ({ operation: { state } }) => state !== "done" && state !== "failed"),
  rule("stuck", "has an open receipt", ({ operation: { receipt } }) => receipt === "open" || receipt === "unknown"),
  rule(
    "lost",
    "has a receipt that says something else",
    ({ done, operation: { receipt } }) => done !== (receipt === "ok"),
  ),
  rule("stuck", "has a job that has not ended", ({ operation: { job } }) => job === "queued" || job === "running"),
  rule("twice", "happened more than once", ({ effects }) => effects > 1),
  rule("lost", "was answered as done and is not", ({ act, done }) => act.done !== undefined && !done),
];

/** What changes something. */
const effective: readonly Rule[] = [
  rule("lost", "is done, and nothing happened", ({ done, effects }) => done && effects === 0),
  rule("twice", "has failed, and happened", ({ done, effects }) => !done && effects > 0),
];

/** What its person is asked about. */
const asked: readonly Rule[] = [
  rule(
    "twice",
    "happened without its person",
    ({ operation, effects }) => operation.approval !== "approved" && effects > 0,
  ),
  rule(
    "lost",
    "was decided otherwise than its person was told",
    ({ act, operation: { approval } }) =>
      act.told === "taken" && approval !== (act.wish === "approve" ? "approved" : "rejected"),
  ),
  rule(
    "lost",
    "was rejected and has ended otherwise",
    ({ operation: { approval, code } }) => approval === "rejected" && code !== "approval_rejected",
  ),
];

const paying: readonly Rule[] = [
  rule(
    "lost",
    "was approved and failed, though the till did not say no",
    ({ operation: { approval, code }, done }) => approval === "approved" && !done && code !== "conflict",
  ),
  rule(
    "lost",
    "has a reservation that does not fit what was paid",
    ({ operation: { approval }, effects, reservation }) =>
      approval === "approved" && reservation?.state !== (effects > 0 ? "spent" : "released"),
  ),
  rule(
    "lost",
    "has reserved another amount than was paid",
    ({ act, operation: { approval }, reservation, payments }) =>
      approval === "approved" &&
      [reservation?.amount, ...payments.map(({ amount }) => amount)].some((amount) => amount !== act.input["amount"]),
  ),
  rule("twice", "was paid under another key", ({ operation, payments }) =>
    payments.some(({ key }) => key !== operation.id),
  ),
];

const succeeding: readonly Rule[] = [rule("lost", "did not succeed, for no reason", ({ done }) => !done)];

/** Which rules hold for which calls, beside those that hold for all. */
const rules: Readonly<Record<Kind, readonly Rule[]>> = {
  echo: succeeding,
  slow_read: succeeding,
  note_now: [...effective, ...succeeding],
  note: [
    ...effective,
    ...asked,
    rule("lost", "was approved and not run", ({ operation: { approval }, done }) => approval === "approved" && !done),
  ],
  pay: [...effective, ...asked, ...paying],
  pay_idempotent: [...effective, ...asked, ...paying],
  long_job: [
    rule(
      "lost",
      "was cancelled and went on",
      ({ act, operation: { job, code } }) => act.told === "taken" && (job !== "cancelled" || code !== "cancelled"),
    ),
    rule(
      "lost",
      "has completed without its file",
      ({ operation: { job }, artifacts }) => job === "completed" && artifacts !== 1,
    ),
    rule(
      "twice",
      "has a file and did not complete",
      ({ operation: { job }, artifacts }) => job !== "completed" && artifacts > 0,
    ),
    rule("lost", "failed for no reason", ({ operation: { job } }) => job === "failed" || job === "expired"),
  ],
};

/** What is wrong with one call: what was said about it, against what came of it. */
export function judge(act: Act, traces: Traces): readonly { readonly trouble: Trouble; readonly what: string }[] {
  const facts = JSON.stringify({ ...traces, wish: act.wish, told: act.told, said: act.said });
  const say = (trouble: Trouble, what: string) => ({ trouble, what: `${act.kind} ${act.key} ${what}: ${facts}` });
  const { operation } = traces;
  if (operation === null) return [say("lost", "left no trace")];
  const effects = traces.notes + traces.payments.length;
  const one: Case = { ...traces, act, operation, done: operation.state === "done", effects };
  return [...everywhere, ...rules[act.kind]]
    .filter(({ broken }) => broken(one))
    .map(({ trouble, what }) => say(trouble, what));
}
