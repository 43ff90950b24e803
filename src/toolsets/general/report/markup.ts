/** Text that is markup already. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | readonly Markup[] | string | number;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand between tags and in attributes. */
export const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? "");

const isList = (part: Part): part is readonly Markup[] => Array.isArray(part);

function written(part: Part): string {
  if (typeof part === "number") return String(part);
  if (typeof part === "string") return escaped(part);
  return isList(part) ? part.map(({ markup }) => markup).join("") : part.markup;
}

/** Markup with values in it; whatever is not markup itself is escaped. */
export const html = (pieces: TemplateStringsArray, ...parts: readonly Part[]): Markup => ({
  markup: pieces.reduce((text, piece, index) => text + written(parts[index - 1] ?? "") + piece),
});
