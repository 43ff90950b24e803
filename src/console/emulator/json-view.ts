/** So much of one text, and of one message, is shown; the rest can be copied. */
const TEXT_LIMIT = 2000;
const WHOLE_LIMIT = 60_000;

/** Characters that are not seen, or turn the direction of what follows (Unicode UAX #9 and UAX #44). */
const HIDDEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;

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
