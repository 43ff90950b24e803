import { shorten } from "./shorten.ts";

/** Controls that turn the order of what is read (Unicode UAX #9: embeddings, overrides, isolates), and those that show nothing. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const DECEIVING = /[\u202A-\u202E\u2066-\u2069\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;

/** Text from outside as it may be shown: in the order in which it was written, and no longer than `limit` UTF-16 units. */
export const legible = (text: string, limit: number): string => shorten(text, limit).replaceAll(DECEIVING, "");
