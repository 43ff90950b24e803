import * as z from "zod";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { asPerson, looks, oneMore, paged, personOutput, userId, uuidCursor } from "./facts.ts";
import type { AdminPorts } from "./ports.ts";

const user = personOutput.extend({
  createdAt: z.string(),
  roles: z.array(z.string()),
  /** What they have bought, and until when; null where nothing says so. */
  tier: z.string(),
  until: z.string().nullable(),
  /** What they were given beside it. */
  bundles: z.array(z.object({ bundle: z.string(), until: z.string().nullable() })),
  links: z.number(),
  cutOffAt: z.string().nullable(),
  /** Since when an administrator has paused them. */
  pausedAt: z.string().nullable(),
  channels: z.array(z.object({ channel: z.string(), enabled: z.boolean() })),
});

const nothingSaid = { links: 0, cutOffAt: null, pausedAt: null, channels: [] };

/** Everybody who ever signed in, with what was said of their links. */
export const listUsers = defineTool({
  ...looks,
  name: "list_users",
  title: "All people",
  description: "Everybody who ever signed in, newest first, with their links, channels and cut-offs.",
  input: z.object({ ...uuidCursor, userId: userId.optional() }),
  output: z.object({ users: z.array(user), next: z.string().nullable() }),
  async run(input, { all, directory, plans, now }: Call & AdminPorts) {
    const ids = input.userId === undefined ? {} : { ids: [input.userId] };
    const { shown, next } = paged(await directory.people({ ...oneMore(input), ...ids }), input.limit);
    const shownIds = shown.map(({ id }) => id);
    const accounts = await all.accounts(shownIds, now);
    const held = await plans.of(shownIds, now);
    const users = shown.map((person) => {
      const { channels, ...account } = accounts.get(person.id) ?? nothingSaid;
      const { createdAt, roles } = person;
      const plan = held.get(person.id);
      return {
        ...asPerson(person),
        createdAt: createdAt.toISOString(),
        roles: [...roles],
        tier: plan?.tier ?? "",
        until: plan?.until?.toISOString() ?? null,
        bundles: (plan?.bundles ?? []).map(({ bundle, until }) => ({ bundle, until: until?.toISOString() ?? null })),
        ...account,
        channels: [...channels],
      };
    });
    return { text: `${users.length} people.`, data: { users, next } };
  },
});
