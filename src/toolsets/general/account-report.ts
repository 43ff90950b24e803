import * as z from "zod";
import { after } from "../../kernel/clock.ts";
import { AppError } from "../../kernel/errors.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { daysOf, figuresOf, type ReportFacts, type ReportFigures } from "./report/figures.ts";
import { htmlReport } from "./report/html-report.ts";
import { markdownReport } from "./report/markdown-report.ts";

/** From `from` on and before `until`. */
interface Period {
  readonly from: Date;
  readonly until: Date;
}

/** Where a report's figures come from: each is a person's own. */
export interface ReportSources {
  counts(userId: string, period: Period): Promise<ReportFacts["counts"]>;
  links(userId: string): Promise<ReportFacts["links"]>;
  approvals(userId: string, period: Period): Promise<ReportFacts["approvals"]>;
  spent(userId: string, period: Period): Promise<ReportFacts["spent"]>;
  /** A tool in a person's words. */
  titleOf(tool: string): string;
}

const DAY_SECONDS = 86_400;
const USUAL_DAYS = 30;
const MOST_DAYS = 366;

const dayOf = (time: Date): string => time.toISOString().slice(0, 10);

const input = z.object({
  from: z.iso.date().optional().describe("The first day, UTC; 30 days before the last one unless given."),
  to: z.iso.date().optional().describe("The last day, UTC; today unless given."),
});

const output = z.object({
  from: z.string(),
  to: z.string(),
  calls: z.number(),
  done: z.number(),
  refused: z.number(),
  failed: z.number(),
  links: z.number(),
  files: z.array(z.string()),
});

/** The days that were asked for. @throws AppError `invalid_input`. */
function periodOf({ from, to }: z.output<typeof input>, now: Date): { from: string; to: string; period: Period } {
  const last = to ?? dayOf(now);
  const first = from ?? dayOf(after(new Date(last), -(USUAL_DAYS - 1) * DAY_SECONDS));
  if (first > last) throw new AppError("invalid_input", "from: is later than to");
  if (daysOf(first, last).length > MOST_DAYS)
    throw new AppError("invalid_input", "from: a report has at most 366 days");
  return { from: first, to: last, period: { from: new Date(first), until: after(new Date(last), DAY_SECONDS) } };
}

async function factsOf(
  days: ReturnType<typeof periodOf>,
  { principal: { userId }, progress, signal }: Call,
  sources: ReportSources,
): Promise<ReportFacts> {
  const step = (stage: string, percent: number): void => {
    signal.throwIfAborted();
    progress({ stage, percent, etaSeconds: null });
  };
  step("Counts your calls", 10);
  const counts = await sources.counts(userId, days.period);
  step("Reads your links", 40);
  const links = await sources.links(userId);
  step("Reads what you were asked and what was spent", 60);
  const approvals = await sources.approvals(userId, days.period);
  const spent = await sources.spent(userId, days.period);
  step("Writes the report", 80);
  return { from: days.from, to: days.to, counts, links, approvals, spent };
}

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

const filesOf = (figures: ReportFigures) => [
  { name: "report.html", mediaType: "text/html; charset=utf-8", body: htmlReport(figures) },
  { name: "report.md", mediaType: "text/markdown; charset=utf-8", body: markdownReport(figures) },
  { name: "response.json", mediaType: "application/json", body: `${JSON.stringify(figures, null, 2)}\n` },
];

/** A report on a person's account: a page with charts, the same as Markdown, and its figures. It always is a job. */
export const accountReport = defineTool({
  name: "account_report",
  title: "Account report",
  description:
    "Use this to make a report on the person's account for some days: linked assistants, calls by day and tool, refusals by reason, approvals, and what was spent. It takes a while, so it answers with a job; job_status gives the links.",
  effect: "read",
  destructive: false,
  idempotent: true,
  openWorld: false,
  background: true,
  scopes: ["profile"],
  audience: "assistant",
  labels: { invoking: "Beginning the report...", invoked: "The report is being made" },
  examples: ["Make a report on my account for October", "What did my assistants do last month?"],
  input,
  output,
  async run(asked, { sources, ...call }: Call & { sources: ReportSources }) {
    const days = periodOf(asked, call.now);
    const figures = figuresOf(await factsOf(days, call, sources), sources.titleOf);
    const files = filesOf(figures);
    const { from, to, calls, done, refused, failed, links } = figures;
    const names = files.map(({ name }) => name);
    return {
      text: `The report for ${from} to ${to} is made: ${counted(calls, "call")}, ${done} done, ${refused} refused, ${failed} failed; ${counted(links.length, "linked assistant")}.`,
      data: { from, to, calls, done, refused, failed, links: links.length, files: names },
      files,
    };
  },
});
