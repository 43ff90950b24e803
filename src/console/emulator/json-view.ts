/** So much of one text, and of one message, is shown; the rest can be copied. */
const TEXT_LIMIT = 2000;
const WHOLE_LIMIT = 60_000;

/**
 * Characters that are not seen, or turn the direction of what follows: Unicode UAX #9 and its controls, joiners, the soft
 * hyphen, variation selectors and tags.
 */
const HIDDEN =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;

const escaped = (hidden: string): string =>
  Array.from(
    { length: hidden.length },
    (_, at) => String.raw`\u` + hidden.charCodeAt(at).toString(16).padStart(4, "0"),
  ).join("");

/** A text with its hidden characters written out, as JSON spells them. */
export const writtenOut = (text: string): string => text.replace(HIDDEN, escaped);

const more = (count: number): string => `… ${count.toLocaleString("en")} more characters`;

/** The whole message as JSON, to copy. */
export const jsonText = (message: unknown): string => JSON.stringify(message, null, 2) ?? "null";

/** A message as JSON to look at: long texts shortened, hidden characters written out. */
export function jsonView(message: unknown): string {
  const text =
    JSON.stringify(
      message,
      (_name, value: unknown) =>
        typeof value === "string" && value.length > TEXT_LIMIT
          ? value.slice(0, TEXT_LIMIT) + more(value.length - TEXT_LIMIT)
          : value,
      2,
    ) ?? "null";
  const shown = text.length > WHOLE_LIMIT ? `${text.slice(0, WHOLE_LIMIT)}\n${more(text.length - WHOLE_LIMIT)}` : text;
  return writtenOut(shown);
}
