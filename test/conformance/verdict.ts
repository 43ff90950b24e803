import { type Era, eras } from "./eras.ts";

/** What the suite says of one thing that it looked at. */
export interface Check {
  readonly id: string;
  readonly status: "SUCCESS" | "FAILURE" | "WARNING" | "SKIPPED" | "INFO";
  readonly errorMessage?: string | undefined;
  readonly details?: unknown;
}

/** One scenario in one era, with the checks of its run; undefined when it did not run. */
export interface Outcome {
  readonly scenario: string;
  readonly era: Era;
  readonly checks: readonly Check[] | undefined;
}

/** Why a scenario does not apply yet. */
export interface NotYet {
  readonly reason: string;
  /** The only checks that this excuses; absent: those of the whole scenario. */
  readonly checks?: readonly string[];
}

/** Scenarios that do not apply yet, by name. */
export type NotYetList = Readonly<Record<Era, Readonly<Record<string, NotYet>>>>;

/** What a scenario counts as. `notes`: why it failed, why it does not apply yet, and what the suite warned of. */
export interface Verdict {
  readonly scenario: string;
  readonly era: Era;
  readonly kind: "passed" | "failed" | "not yet";
  readonly notes: readonly string[];
}

/** Every message was well formed, and an end was reached: whatever a scenario is about, these hold. */
const ALWAYS = ["wire-schema-valid", "scenario-timeout"];

/** How a call of an unknown tool is refused: a scenario that wanted some refusal takes this one, and has tested nothing. */
const UNKNOWN_TOOL = "There is no tool named";

const proves = (check: Check): boolean =>
  check.status === "SUCCESS" &&
  !ALWAYS.includes(check.id) &&
  !(JSON.stringify(check.details) ?? "").includes(UNKNOWN_TOOL);

const notesOf = (checks: readonly Check[]): string[] =>
  checks.map(({ id, errorMessage }) => (errorMessage ? `${id}: ${errorMessage}` : id));

/** What of the excuse has become untrue: the list must not outlive what it excuses. */
function stale(entry: NotYet, checks: readonly Check[], failed: readonly Check[]): string[] {
  if (entry.checks)
    return entry.checks
      .filter((id) => !failed.some((check) => check.id === id))
      .map((id) => `${id} does not fail any more: take it out of the list`);
  return failed.length === 0 && checks.some(proves) ? ["passes now: take it out of the list"] : [];
}

function faultsOf(checks: readonly Check[], entry: NotYet | undefined): string[] {
  const failed = checks.filter((check) => check.status === "FAILURE");
  const excused = (check: Check): boolean =>
    entry !== undefined && !ALWAYS.includes(check.id) && (entry.checks?.includes(check.id) ?? true);
  const faults = notesOf(failed.filter((check) => !excused(check)));
  if (entry) return [...faults, ...stale(entry, checks, failed)];
  return failed.length === 0 && !checks.some(proves) ? ["the run tested nothing: say in the list why"] : faults;
}

/** Judges one scenario: what is listed must not pass, and what is not listed must. */
export function judge({ scenario, era, checks }: Outcome, entry: NotYet | undefined): Verdict {
  if (!checks) return { scenario, era, kind: "failed", notes: ["it did not run to its end"] };
  const faults = faultsOf(checks, entry);
  if (faults.length > 0) return { scenario, era, kind: "failed", notes: faults };
  const warnings = notesOf(checks.filter((check) => check.status === "WARNING")).map((note) => `warning: ${note}`);
  if (!entry) return { scenario, era, kind: "passed", notes: warnings };
  if (!entry.checks) return { scenario, era, kind: "not yet", notes: [entry.reason] };
  return { scenario, era, kind: "not yet", notes: [`${entry.reason} Its other checks hold.`, ...warnings] };
}

/** Judges everything that the suite holds, and names what the list holds and the suite does not. */
export function judgeAll(outcomes: readonly Outcome[], list: NotYetList): Verdict[] {
  const known = new Set(outcomes.map(({ scenario, era }) => `${era} ${scenario}`));
  const strangers = eras.flatMap((era) =>
    Object.keys(list[era])
      .filter((scenario) => !known.has(`${era} ${scenario}`))
      .map((scenario): Verdict => ({ scenario, era, kind: "failed", notes: ["is listed, and the suite has it not"] })),
  );
  return [...outcomes.map((outcome) => judge(outcome, list[outcome.era][outcome.scenario])), ...strangers];
}
