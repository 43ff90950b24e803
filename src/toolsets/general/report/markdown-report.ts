import type { ReportFigures } from "./figures.ts";

/** Text that may hold anything, on one line, with nothing that Markdown or HTML would take for its own. */
const plain = (text: string | number): string =>
  String(text)
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\\`*_{}[\]<>()#+!|~&]/g, String.raw`\$&`);

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[], empty: string): string {
  if (rows.length === 0) return empty;
  const line = (cells: readonly (string | number)[]): string => `| ${cells.map(plain).join(" | ")} |`;
  return [line(head), `| ${head.map(() => "---").join(" | ")} |`, ...rows.map(line)].join("\n");
}

/** The report as Markdown, complete without its pictures. */
export const markdownReport = (figures: ReportFigures): string => {
  const { links, tools, reasons, approvals, spent } = figures;
  const busy = figures.days.filter(({ done, other }) => done + other > 0);
  const sections = [
    `# Account report\n\n${figures.from} to ${figures.to}, days in UTC`,
    `Calls: ${figures.calls}. Done: ${figures.done}. Refused: ${figures.refused}. Failed: ${figures.failed}.`,
    "## Calls by day",
    table(
      ["Day", "Done", "Not done"],
      busy.map(({ day, done, other }) => [day, done, other]),
      "No assistant called anything.",
    ),
    "## Calls by tool",
    table(
      ["Tool", "Calls"],
      tools.map(({ title, calls }) => [title, calls]),
      "None.",
    ),
    "## Linked assistants",
    table(
      ["Assistant", "Through", "May", "Linked", "Last used"],
      links.map((link) => [
        link.clientName,
        link.channel,
        link.permissions.join(", "),
        link.createdAt.slice(0, 10),
        link.lastUsedAt?.slice(0, 10) ?? "never",
      ]),
      "No assistant is linked.",
    ),
    "## Why calls did not succeed",
    table(
      ["Reason", "Calls"],
      reasons.map(({ code, calls }) => [code, calls]),
      "Nothing was refused, and nothing failed.",
    ),
    "## What you were asked",
    table(
      ["How you decided", "Questions"],
      approvals.map(({ status, count }) => [status, count]),
      "Nothing.",
    ),
    "## What was spent",
    table(
      ["Asset", "Spent"],
      spent.map(({ asset, amount }) => [asset, amount]),
      "Nothing.",
    ),
  ];
  return `${sections.join("\n\n")}\n`;
};
