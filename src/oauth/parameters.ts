import * as z from "zod";

/** Longest value of one parameter, unless a shorter or longer one is named. */
const LONGEST = 2048;

/**
 * One optional parameter. A parameter without a value counts as left out (RFC 6749 §3.1), which some hosts rely on
 * when they send `scope=`.
 */
export const parameter = (longest = LONGEST) =>
  z
    .string()
    .max(longest)
    .optional()
    .transform((text) => (text === "" ? undefined : text));
