/** Scripts that are written from right to left (Unicode, "Bidi_Class" of their letters), as BCP 47 names them. */
const FROM_RIGHT: ReadonlySet<string> = new Set([
  "Adlm",
  "Arab",
  "Hebr",
  "Mand",
  "Mend",
  "Nkoo",
  "Rohg",
  "Samr",
  "Syrc",
  "Thaa",
]);

/**
 * The direction in which a language is written. Not every browser that we build for can tell (`Intl.Locale#getTextInfo`).
 * @param locale BCP 47, well-formed.
 */
export const directionOf = (locale: string): "ltr" | "rtl" =>
  FROM_RIGHT.has(new Intl.Locale(locale).maximize().script ?? "") ? "rtl" : "ltr";
