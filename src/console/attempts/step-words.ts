import type { Attempt, AttemptStep, LinkStep } from "../contract.ts";

/** Each step of linking in a person's words, in order. */
export const stepWords: readonly (readonly [step: LinkStep, words: string])[] = [
  ["discovery", "Looked at this server"],
  ["registration", "Registered itself"],
  ["authorize", "Opened the page that asks"],
  ["sign_in", "Sign-in"],
  ["consent", "Decision"],
  ["token", "Fetched its tokens"],
  ["first_call", "First call"],
];

/** The step at which it failed last, or undefined. */
export const failureOf = ({ steps, state }: Pick<Attempt, "steps" | "state">): AttemptStep | undefined =>
  state === "failed" ? steps.findLast(({ outcome }) => outcome === "failed") : undefined;

const nameOf = (step: LinkStep): string => stepWords.find(([name]) => name === step)?.[1] ?? step;

/** Where an attempt stands, in a few words. */
export function standing(attempt: Pick<Attempt, "steps" | "state">): string {
  if (attempt.state === "working") return "Linked and in use";
  if (attempt.state === "linked") return "Linked, not used yet";
  const failure = failureOf(attempt);
  if (failure?.code === "access_denied" && failure.step === "consent") return "Declined";
  const last = failure ?? attempt.steps.at(-1);
  return `${failure ? "Failed" : "Stopped"} at: ${nameOf(last?.step ?? "discovery")}`;
}

/** Everything that happened at each step that was reached, and the first one that was not. */
export function timeline({ steps, state }: Pick<Attempt, "steps" | "state">) {
  const rows = stepWords.map(([step, words]) => ({
    step,
    words,
    entries: steps.filter((entry) => entry.step === step),
  }));
  const reached = rows.findLastIndex(({ entries }) => entries.length > 0);
  const open = state === "working" ? [] : rows.slice(reached + 1);
  return { reached: rows.slice(0, reached + 1).filter(({ entries }) => entries.length > 0), open };
}
