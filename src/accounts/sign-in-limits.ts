import type { Limit } from "../kernel/ports/limits.ts";

const MINUTES = 60;
const DAY = 24 * 60 * MINUTES;

/*
 * Each code bears 5 tries of a million, so 30 codes a day let a stranger guess one address with a chance of 0.015 %
 * a day, and no more than 30 unwanted messages reach anyone. Limits by client address leave room for an office behind
 * one address.
 */
/** Codes asked for one email address. */
export const codesForAddress: Limit = { name: "sign-in-code-address", points: 5, seconds: 10 * MINUTES };
/** The same over a day. */
export const codesForAddressDaily: Limit = { name: "sign-in-code-address-day", points: 30, seconds: DAY };
/** Codes asked from one client address. */
export const codesFromClient: Limit = { name: "sign-in-code-client", points: 60, seconds: 10 * MINUTES };
/** Proofs, right or wrong, handed in from one client address. */
export const proofsFromClient: Limit = { name: "sign-in-proof-client", points: 120, seconds: 10 * MINUTES };
