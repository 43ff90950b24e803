import { barsChart, daysChart } from "./charts.ts";
import type { ReportFigures } from "./figures.ts";
import { html, type Markup } from "./markup.ts";

/** Paper and ink, light and dark, and plain ink on paper in print. */
const STYLE = `:root{color-scheme:light dark;--paper:#fbfaf7;--ink:#1d1c1a;--soft:#6a675f;--line:#dedbd2;--done:#2f6d4f;--other:#b5832c}
@media (prefers-color-scheme:dark){:root{--paper:#171614;--ink:#ece9e2;--soft:#a19d93;--line:#38352f;--done:#6fb592;--other:#d8a24a}}
*{box-sizing:border-box}body{margin:0 auto;max-width:800px;padding:32px 24px;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,sans-serif}
h1{font-size:28px;line-height:1.25;margin:0 0 4px}h2{font-size:20px;margin:40px 0 12px}p{margin:0 0 12px}.soft,caption{color:var(--soft)}
dl{display:flex;flex-wrap:wrap;gap:24px;margin:24px 0}dt{color:var(--soft);font-size:14px}dd{margin:0;font-size:28px;font-variant-numeric:tabular-nums}
table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{text-align:left;padding:8px 12px 8px 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
th{font-weight:600}td.number,th.number{text-align:right;padding-right:0}caption{text-align:left;padding-bottom:8px}
svg{display:block;width:100%;height:auto}svg text{fill:var(--soft);font-size:13px}.done{fill:var(--done)}.other{fill:var(--other)}.axis{stroke:var(--line)}
.key{display:inline-block;width:12px;height:12px;margin-right:6px;vertical-align:-1px}.key.done{background:var(--done)}.key.other{background:var(--other)}
@media print{:root{--paper:#fff;--ink:#000;--soft:#444;--line:#bbb}body{padding:0;max-width:none}h2{break-after:avoid}table,svg{break-inside:avoid}}`;

const figure = (name: string, value: number): Markup =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;

const none = (sentence: string): Markup => html`<p class="soft">${sentence}</p>`;

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): Markup {
  const classOf = (cell: string | number): string => (typeof cell === "number" ? "number" : "");
  const kinds = rows[0] ?? [];
  const headers = head.map((name, index) => html`<th scope="col" class="${classOf(kinds[index] ?? "")}">${name}</th>`);
  const lines = rows.map(
    (row) =>
      html`<tr>
        ${row.map((cell) => html`<td class="${classOf(cell)}">${cell}</td>`)}
      </tr>`,
  );
  return html`<table>
    <thead>
      <tr>
        ${headers}
      </tr>
    </thead>
    <tbody>
      ${lines}
    </tbody>
  </table>`;
}

const dayOf = (time: string | null): string => time?.slice(0, 10) ?? "never";

function calls(figures: ReportFigures): Markup {
  if (figures.calls === 0) return none("No assistant called anything in these days.");
  const byTool = figures.tools.map(({ title, calls: count }) => ({ name: title, calls: count }));
  return html`<p>
      <span class="key done"></span>Done &nbsp; <span class="key other"></span>Refused, failed, or without a known end
    </p>
    ${daysChart(figures.days)}
    <h2>Calls by tool</h2>
    ${barsChart("Calls by tool", byTool)}`;
}

function links({ links: list }: ReportFigures): Markup {
  if (list.length === 0) return none("No assistant is linked.");
  const rows = list.map(({ clientName, channel, permissions, createdAt, lastUsedAt }) => [
    clientName,
    channel,
    permissions.join(", "),
    dayOf(createdAt),
    dayOf(lastUsedAt),
  ]);
  return table(["Assistant", "Through", "May", "Linked", "Last used"], rows);
}

const reasons = ({ reasons: list }: ReportFigures): Markup =>
  list.length === 0
    ? none("Nothing was refused, and nothing failed.")
    : table(
        ["Reason", "Calls"],
        list.map(({ code, calls: count }) => [code, count]),
      );

const approvals = ({ approvals: list }: ReportFigures): Markup =>
  list.length === 0
    ? none("You were asked nothing.")
    : table(
        ["How you decided", "Questions"],
        list.map(({ status, count }) => [status, count]),
      );

const spent = ({ spent: list }: ReportFigures): Markup =>
  list.length === 0
    ? none("Nothing was spent.")
    : table(
        ["Asset", "Spent"],
        list.map(({ asset, amount }) => [asset, amount]),
      );

/** The report as one page that needs nothing else: no script, no picture, no font from anywhere. */
export const htmlReport = (figures: ReportFigures): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Account report ${figures.from} to ${figures.to}</title>
        <style>
          ${{ markup: STYLE }}
        </style>
      </head>
      <body>
        <main>
          <h1>Account report</h1>
          <p class="soft">${figures.from} to ${figures.to}, days in UTC</p>
          <dl>
            ${[figure("Calls", figures.calls), figure("Done", figures.done), figure("Refused", figures.refused), figure("Failed", figures.failed)]}
          </dl>
          <h2>Calls by day</h2>
          ${calls(figures)}
          <h2>Linked assistants</h2>
          ${links(figures)}
          <h2>Why calls did not succeed</h2>
          ${reasons(figures)}
          <h2>What you were asked</h2>
          ${approvals(figures)}
          <h2>What was spent</h2>
          ${spent(figures)}
        </main>
      </body>
    </html> `.markup;
