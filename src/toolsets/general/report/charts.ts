import type { Day } from "./figures.ts";
import { html, type Markup } from "./markup.ts";

const WIDTH = 720;
const HEIGHT = 180;
const ROW = 28;
const LABELS = 220;

const rounded = (value: number): number => Math.round(value * 100) / 100;

/** Calls by day as bars: what was done below, all else on top of it. */
export function daysChart(days: readonly Day[]): Markup {
  const most = Math.max(1, ...days.map(({ done, other }) => done + other));
  const step = WIDTH / days.length;
  const bars = days.map(({ day, done, other }, index) => {
    const [low, high] = [rounded((done / most) * HEIGHT), rounded((other / most) * HEIGHT)];
    const [x, width] = [rounded(index * step + step * 0.1), rounded(step * 0.8)];
    return html`<g
      ><title>${day}: ${done} done, ${other} not</title
      ><rect class="done" x="${x}" y="${rounded(HEIGHT - low)}" width="${width}" height="${low}" /><rect
        class="other"
        x="${x}"
        y="${rounded(HEIGHT - low - high)}"
        width="${width}"
        height="${high}"
    /></g>`;
  });
  const [first, last] = [days.at(0)?.day ?? "", days.at(-1)?.day ?? ""];
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT + 24}" role="img" aria-label="Calls by day, at most ${most} on one">
    ${bars}
    <line class="axis" x1="0" y1="${HEIGHT}" x2="${WIDTH}" y2="${HEIGHT}" />
    <text x="0" y="${HEIGHT + 18}">${first}</text>
    <text x="${WIDTH}" y="${HEIGHT + 18}" text-anchor="end">${last}</text>
  </svg>`;
}

/** Names with a number each, as bars from the left. */
export function barsChart(label: string, rows: readonly { readonly name: string; readonly calls: number }[]): Markup {
  const most = Math.max(1, ...rows.map(({ calls }) => calls));
  const bars = rows.map(({ name, calls }, index) => {
    const [y, width] = [index * ROW, rounded((calls / most) * (WIDTH - LABELS - 70))];
    return html`<text x="0" y="${y + 18}">${name.length > 32 ? `${name.slice(0, 31)}…` : name}</text
      ><rect class="done" x="${LABELS}" y="${y + 6}" width="${width}" height="${ROW - 12}" /><text
        x="${rounded(LABELS + width + 8)}"
        y="${y + 18}"
        >${calls}</text
      >`;
  });
  return html`<svg viewBox="0 0 ${WIDTH} ${rows.length * ROW}" role="img" aria-label="${label}">${bars}</svg>`;
}
