import { type Guard, type Guarded, isOneOf, isText } from "../ui/guards.ts";

const isPlainPage = isOneOf(
  "/",
  "/approvals",
  "/intents",
  "/jobs",
  "/receipts",
  "/linked-accounts",
  "/limits",
  "/usage",
  "/emulator",
  "/settings",
  "/admin",
  "/admin/assistants",
  "/admin/people",
  "/admin/channels",
  "/admin/attempts",
);

/** One thing by its id. */
const BY_ID = /^\/(?:approvals|jobs)\/[\da-f-]{36}$/;

/** The address of a page of the signed-in person, under `/app`. */
export type PersonPage = Guarded<typeof isPlainPage> | `/approvals/${string}` | `/jobs/${string}`;

/** Pages of the signed-in person: the only ones that signing in may lead on to. */
export const isPersonPage: Guard<PersonPage> = (value): value is PersonPage =>
  isPlainPage(value) || (isText(value) && BY_ID.test(value));
