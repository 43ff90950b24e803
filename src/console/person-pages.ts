import { type Guarded, isOneOf } from "../ui/guards.ts";

/** Pages of the signed-in person: the only ones that signing in may lead on to. */
export const isPersonPage = isOneOf(
  "/",
  "/intents",
  "/receipts",
  "/linked-accounts",
  "/emulator",
  "/settings",
  "/admin",
  "/admin/assistants",
  "/admin/people",
  "/admin/channels",
  "/admin/attempts",
);
/** The address of one of them, under `/app`. */
export type PersonPage = Guarded<typeof isPersonPage>;
