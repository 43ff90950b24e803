/** How often something was called on one day, and how it ended. */
export interface CallCount {
  /** `2026-11-30`, UTC. */
  readonly day: string;
  /** Empty for all those tools that are counted as one. */
  readonly tool: string;
  readonly outcome: string;
  readonly code: string | null;
  readonly calls: number;
}

/** A linked assistant. Times are ISO 8601. */
export interface ReportLink {
  readonly clientName: string;
  readonly channel: string;
  readonly permissions: readonly string[];
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

/** What a report is made from. */
export interface ReportFacts {
  /** The first and the last day, UTC. */
  readonly from: string;
  readonly to: string;
  readonly links: readonly ReportLink[];
  readonly counts: readonly CallCount[];
  readonly approvals: readonly { readonly status: string; readonly count: number }[];
  /** Amounts are decimal strings in whole units. */
  readonly spent: readonly { readonly asset: string; readonly amount: string }[];
}

/** Calls of one day: those that were done, and all others. */
export interface Day {
  readonly day: string;
  readonly done: number;
  readonly other: number;
}

/** What a report shows. */
export interface ReportFigures extends Omit<ReportFacts, "counts"> {
  readonly calls: number;
  readonly done: number;
  readonly refused: number;
  readonly failed: number;
  readonly days: readonly Day[];
  readonly tools: readonly { readonly tool: string; readonly title: string; readonly calls: number }[];
  readonly reasons: readonly { readonly code: string; readonly calls: number }[];
}

const DAY_MS = 86_400_000;
/** More rows help nobody; what is left out is counted in one. */
const MOST_TOOLS = 20;

/** Every day of a period, the first and the last one included. */
export function daysOf(from: string, to: string): readonly string[] {
  const [first, last] = [Date.parse(from), Date.parse(to)];
  const count = Math.max(1, Math.round((last - first) / DAY_MS) + 1);
  return Array.from({ length: count }, (_, index) => new Date(first + index * DAY_MS).toISOString().slice(0, 10));
}

const sum = (counts: readonly CallCount[]): number => counts.reduce((all, { calls }) => all + calls, 0);

/** Sums by a name, the largest first. */
function sumsBy(counts: readonly CallCount[], nameOf: (count: CallCount) => string): readonly [string, number][] {
  const sums = new Map<string, number>();
  for (const count of counts) sums.set(nameOf(count), (sums.get(nameOf(count)) ?? 0) + count.calls);
  return [...sums].toSorted(([one, few], [other, many]) => many - few || (one < other ? -1 : 1));
}

/** Adds up what a report shows. */
export function figuresOf({ counts, ...facts }: ReportFacts, titleOf: (tool: string) => string): ReportFigures {
  const of = (...outcomes: readonly string[]): number =>
    sum(counts.filter(({ outcome }) => outcomes.includes(outcome)));
  const byTool = sumsBy(counts, ({ tool }) => tool);
  const named = byTool.filter(([tool]) => tool !== "").slice(0, MOST_TOOLS);
  const rest = sum(counts) - named.reduce((all, [, calls]) => all + calls, 0);
  const tools = named.map(([tool, calls]) => ({ tool, title: titleOf(tool), calls }));
  const unsuccessful = counts.filter(({ code }) => code !== null);
  const days = daysOf(facts.from, facts.to).map((day): Day => {
    const own = counts.filter((count) => count.day === day);
    const done = sum(own.filter(({ outcome }) => outcome === "ok"));
    return { day, done, other: sum(own) - done };
  });
  return {
    ...facts,
    calls: sum(counts),
    done: of("ok"),
    refused: of("refused"),
    failed: of("failed", "unknown"),
    days,
    tools: rest > 0 ? [...tools, { tool: "", title: "All others", calls: rest }] : tools,
    reasons: sumsBy(unsuccessful, ({ code }) => code ?? "").map(([code, calls]) => ({ code, calls })),
  };
}
