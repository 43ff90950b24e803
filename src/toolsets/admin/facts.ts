import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { isUuid } from "../../kernel/ids.ts";
import { allChannels } from "../../kernel/principal.ts";
import { BUNDLE_NAME } from "../../kernel/tiers.ts";
import { personal } from "../../kernel/redaction.ts";
import type { AdminPorts, Page, Person } from "./ports.ts";

/** What every tool of administrators has in common: the person's own browser, and the role. */
const common = { openWorld: false, scopes: [], audience: "person", role: "admin", examples: [] } as const;

/** A look at what is there. It leaves a receipt like every call. */
export const looks = { ...common, effect: "read", destructive: false, idempotent: true } as const;

/** A change that can be taken back. */
export const changes = { ...common, effect: "write", destructive: false, idempotent: true } as const;

/** A change that cannot. */
export const ends = { ...common, effect: "write", destructive: true, idempotent: true } as const;

/** Members of a list's input. */
export const pageInput = {
  q: personal(z.string().max(200)).optional().describe("Words that must be in it."),
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(500).optional().describe("The `next` of the page before."),
};

const uuid = z.string().refine(isUuid, "is not an id");

export const userId = uuid.describe("A person's id.");
export const uuidCursor = { ...pageInput, cursor: uuid.optional().describe("The `next` of the page before.") };

export const bundleName = z
  .string()
  .regex(BUNDLE_NAME, "has 1 to 31 small letters, digits, - and _")
  .describe("The name of a bundle that a tool needs.");

/** Channels that can be switched: all but the person's own browser. */
export const channelName = z.enum(allChannels).exclude(["web"]);

/** Another person is named by more than an id; the receipt of who looked keeps the id alone. */
export const personOutput = z.object({
  id: z.string(),
  label: personal(z.string()),
  displayName: personal(z.string()).nullable(),
});

export const asPerson = ({ id, label, displayName }: Person): z.output<typeof personOutput> => ({
  id,
  label,
  displayName,
});

/** What was asked for, and one more, which tells whether there is a next page. */
export const oneMore = ({
  q,
  limit,
  cursor,
}: {
  q?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}): Page => ({
  words: q?.trim() || undefined,
  limit: limit + 1,
  before: cursor,
});

/** The page that was asked for, and where the next one begins. */
export function paged<Item extends { readonly id: string }>(found: readonly Item[], limit: number) {
  const shown = found.slice(0, limit);
  return { shown, next: found.length > limit ? (shown.at(-1)?.id ?? null) : null };
}

/** People whose name holds these words: at most so many, since a search is narrowed rather than paged. */
const MOST_NAMED = 200;

/** The ids of people whose name or way to sign in holds these words. */
export async function peopleNamed({ directory }: AdminPorts, words: string | undefined): Promise<readonly string[]> {
  if (words === undefined) return [];
  return (await directory.people({ words, limit: MOST_NAMED })).map(({ id }) => id);
}

/** The people of these ids. */
export async function peopleOf(
  { directory }: AdminPorts,
  ids: readonly (string | null)[],
): Promise<ReadonlyMap<string, z.output<typeof personOutput>>> {
  const known = [...new Set(ids.filter((id) => id !== null))];
  if (known.length === 0) return new Map();
  const people = await directory.people({ ids: known, limit: known.length });
  return new Map(people.map((person) => [person.id, asPerson(person)]));
}

/** @throws AppError `not_found` when there is no such person. */
export async function requirePerson({ directory }: AdminPorts, id: string): Promise<Person> {
  const [person] = await directory.people({ ids: [id], limit: 1 });
  if (person) return person;
  throw new AppError("not_found", "There is no person with this id.");
}

export const noSuchClient = (): AppError => new AppError("not_found", "There is no client with this id.");
