/** No token is believed to live longer: a time that no calendar holds could not be kept at all. */
const LONGEST_MS = 10 * 366 * 24 * 3600 * 1000;

/** When a token ends that a provider says lasts so many seconds from now. */
export const endAfter = (now: Date, seconds: number): Date =>
  new Date(now.getTime() + Math.min(seconds * 1000, LONGEST_MS));

/** When a verified token ends by its `exp` claim, in seconds since 1970 (RFC 7519 §4.1.4). */
export const endAt = (now: Date, exp: number): Date => new Date(Math.min(exp * 1000, now.getTime() + LONGEST_MS));
