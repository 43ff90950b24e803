import * as z from "zod";
import { type Call, defineTool } from "../../kernel/tool.ts";
import {
  channelName,
  looks,
  oneMore,
  paged,
  peopleNamed,
  peopleOf,
  personOutput,
  userId,
  uuidCursor,
} from "./facts.ts";
import type { AdminPorts } from "./ports.ts";

const link = z.object({
  id: z.string(),
  user: personOutput,
  clientId: z.string(),
  clientName: z.string(),
  clientKind: z.string(),
  clientVerified: z.boolean(),
  channel: z.string(),
  redirectHost: z.string(),
  scopes: z.array(z.object({ name: z.string(), grants: z.string() })),
  createdAt: z.string(),
  lastUsedAt: z.string().nullable(),
});

/** Everybody's live links. */
export const listLinks = defineTool({
  ...looks,
  name: "list_links",
  title: "All links",
  description: "Everybody's live links, newest first.",
  input: z.object({
    ...uuidCursor,
    userId: userId.optional(),
    clientId: z.string().max(500).optional(),
    channel: channelName.optional(),
  }),
  output: z.object({ links: z.array(link), next: z.string().nullable() }),
  async run(input, ctx: Call & AdminPorts) {
    const query = oneMore(input);
    const people = await peopleNamed(ctx, query.words);
    const { userId: owner, clientId, channel } = input;
    const found = await ctx.all.links({ ...query, people, userId: owner, clientId, channel }, ctx.now);
    const { shown, next } = paged(found, input.limit);
    const named = await peopleOf(
      ctx,
      shown.map((one) => one.userId),
    );
    const links = shown.map(({ userId: id, scopes, ...rest }) => ({
      ...rest,
      scopes: [...scopes],
      user: named.get(id) ?? { id, label: "", displayName: null },
    }));
    return { text: `${links.length} links.`, data: { links, next } };
  },
});
