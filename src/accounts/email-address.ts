import * as z from "zod";

/** RFC 5321 §4.5.3.1.3 bounds a path to 256 octets with its angle brackets. */
const MAX_LENGTH = 254;

const normalise = (text: string): string => text.normalize("NFC").trim().toLowerCase();

/**
 * An email address in the one form in which it names a person: trimmed, lower-case, NFC. Mail goes to exactly this
 * form, so whoever reads the code owns the name. Nothing cleverer is done (dots and plus signs differ between hosts).
 */
export const emailAddress = z
  .string()
  .max(4 * MAX_LENGTH)
  .transform(normalise)
  .pipe(z.email("is not an email address").max(MAX_LENGTH));
