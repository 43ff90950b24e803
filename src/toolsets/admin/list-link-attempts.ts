import * as z from "zod";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { looks, oneMore, paged, peopleNamed, peopleOf, personOutput, userId, uuidCursor } from "./facts.ts";
import type { AdminPorts } from "./ports.ts";

const step = z.object({
  step: z.string(),
  outcome: z.string(),
  code: z.string().nullable(),
  reason: z.string().nullable(),
  fix: z.string().nullable(),
  count: z.number(),
  at: z.string(),
  requestId: z.string().nullable(),
});

const attempt = z.object({
  id: z.string(),
  user: personOutput.nullable(),
  clientId: z.string().nullable(),
  clientName: z.string().nullable(),
  channel: z.string().nullable(),
  redirect: z.string().nullable(),
  grantId: z.string().nullable(),
  state: z.string(),
  steps: z.array(step),
  folded: z.number(),
  startedAt: z.string(),
  lastAt: z.string(),
});

/** Every attempt to link: how far it came, why it stopped, and what mends it. */
export const listLinkAttempts = defineTool({
  ...looks,
  name: "list_link_attempts",
  title: "Attempts to link",
  description: "Every attempt to link, newest first: how far it came, why it stopped, and what mends it.",
  input: z.object({
    ...uuidCursor,
    userId: userId.optional(),
    state: z.enum(["open", "failed", "linked", "working"]).optional(),
  }),
  output: z.object({ attempts: z.array(attempt), next: z.string().nullable() }),
  async run(input, ctx: Call & AdminPorts) {
    const query = oneMore(input);
    const people = await peopleNamed(ctx, query.words);
    const found = await ctx.all.attempts({ ...query, people, userId: input.userId, state: input.state });
    const { shown, next } = paged(found, input.limit);
    const named = await peopleOf(
      ctx,
      shown.map((one) => one.userId),
    );
    const attempts = shown.map(({ userId: id, steps, ...rest }) => ({
      ...rest,
      steps: [...steps],
      user: id === null ? null : (named.get(id) ?? null),
    }));
    return { text: `${attempts.length} attempts.`, data: { attempts, next } };
  },
});
