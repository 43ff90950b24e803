/** The beginning of a text that may be of any length, with an ellipsis where something is left out. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  // Half of a character that takes two code units is no character.
  return `${text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
