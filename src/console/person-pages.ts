import { type Guarded, isOneOf } from "../ui/guards.ts";

/** Pages of the signed-in person: the only ones that signing in may lead on to. */
export const isPersonPage = isOneOf("/linked-accounts", "/receipts");
/** The address of one of them, under `/app`. */
export type PersonPage = Guarded<typeof isPersonPage>;
