import { shorten } from "./shorten.ts";

/** Controls that turn the order of what is read (Unicode UAX #9: embeddings, overrides, isolates), and those that show nothing. */
const DECEIVING = /[\u202A-\u202E\u2066-\u2069]|(?![\t\n])\p{Cc}/gu;

/** Text from outside as it may be shown: in the order in which it was written, and no longer than `limit` UTF-16 units. */
export const legible = (text: string, limit: number): string => shorten(text, limit).replaceAll(DECEIVING, "");
