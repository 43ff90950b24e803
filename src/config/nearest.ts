import { settings } from "./settings.ts";

/** Edits (insert, delete, replace) that turn one name into the other: Levenshtein, row by row. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of a.split("").entries()) {
    const row = [i + 1];
    for (const [j, other] of b.split("").entries())
      row.push(Math.min((row[j] ?? 0) + 1, (previous[j + 1] ?? 0) + 1, (previous[j] ?? 0) + Number(letter !== other)));
    previous = row;
  }
  return previous.at(-1) ?? 0;
}

export const nearest = (name: string): string =>
  settings.map((known) => known.name).toSorted((a, b) => distance(name, a) - distance(name, b))[0] ?? "";
