import * as z from "zod";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { asPerson, looks, oneMore, paged, personOutput, userId, uuidCursor } from "./facts.ts";
import type { AdminPorts } from "./ports.ts";

const user = personOutput.extend({
  createdAt: z.string(),
  roles: z.array(z.string()),
  links: z.number(),
  cutOffAt: z.string().nullable(),
  channels: z.array(z.object({ channel: z.string(), enabled: z.boolean() })),
});

const nothingSaid = { links: 0, cutOffAt: null, channels: [] };

/** Everybody who ever signed in, with what was said of their links. */
export const listUsers = defineTool({
  ...looks,
  name: "list_users",
  title: "All people",
  description: "Everybody who ever signed in, newest first, with their links, channels and cut-offs.",
  input: z.object({ ...uuidCursor, userId: userId.optional() }),
  output: z.object({ users: z.array(user), next: z.string().nullable() }),
  async run(input, { all, directory, now }: Call & AdminPorts) {
    const ids = input.userId === undefined ? {} : { ids: [input.userId] };
    const { shown, next } = paged(await directory.people({ ...oneMore(input), ...ids }), input.limit);
    const accounts = await all.accounts(
      shown.map(({ id }) => id),
      now,
    );
    const users = shown.map((person) => {
      const { channels, ...account } = accounts.get(person.id) ?? nothingSaid;
      const { createdAt, roles } = person;
      return {
        ...asPerson(person),
        createdAt: createdAt.toISOString(),
        roles: [...roles],
        ...account,
        channels: [...channels],
      };
    });
    return { text: `${users.length} people.`, data: { users, next } };
  },
});
