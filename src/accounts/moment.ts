import * as z from "zod";

/** Years that every database writes as we do, from the first that a computer's clock has. */
const isInCalendar = (time: Date): boolean => time.getUTCFullYear() >= 1970 && time.getUTCFullYear() <= 9999;

const sentence = "is not a time of the years 1970 to 9999";

/** A time with its offset (ISO 8601). */
export const moment = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine(isInCalendar, sentence);

/** A date, which means its beginning in UTC, or a time with its offset (ISO 8601). */
export const dateOrMoment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], { error: "is a date, such as 2027-01-31" })
  .transform((text) => new Date(text))
  .refine(isInCalendar, sentence);
