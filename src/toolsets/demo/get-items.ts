import * as z from "zod";
import { type Call, defineTool } from "../../kernel/tool.ts";
import type { Item, Items } from "./items.ts";
import { actionNames, statusNames } from "./statuses.ts";

const input = z.object({
  filter: z
    .string()
    .max(200)
    .optional()
    .describe("Only items whose title, description or status holds this text, in any case of letters."),
});

const output = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      description: z.string(),
      actionable: z.boolean().describe("True while the item waits for a decision."),
      metadata: z.object({
        status: z.enum(statusNames),
        changedAt: z.iso.datetime().nullable(),
        actions: z.array(z.enum(actionNames)).describe("What perform-item-action can do with it now."),
      }),
    }),
  ),
});

const answered = ({ id, title, description, status, changedAt, actions }: Item) => ({
  id,
  title,
  description,
  actionable: status === "open",
  metadata: { status, changedAt: changedAt?.toISOString() ?? null, actions: [...actions] },
});

const line = (item: Item): string => `- ${item.title} (${item.status}, id ${item.id}): ${item.description}`;

const heading = (count: number, filter: string): string => {
  const found = count === 1 ? "1 item" : `${count || "No"} items`;
  return filter ? `${found} for the filter ${JSON.stringify(filter)}.` : `${found}.`;
};

/** Lists a person's items, each with its status. */
export const getItems = defineTool({
  name: "get-items",
  title: "List items",
  description:
    "Use this when the user wants to see the items on their list, or those with a status or a word in them. Each item has an id for perform-item-action.",
  effect: "read",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: ["read"],
  audience: "assistant",
  widget: "list-view",
  labels: { invoking: "Loading items...", invoked: "Items loaded" },
  examples: ["Show my items", "Which items are approved?", "List everything about Lisbon"],
  input,
  output,
  async run({ filter = "" }, { principal, items }: Call & { items: Items }) {
    const found = await items.list(principal.userId, filter);
    return {
      text: [heading(found.length, filter), ...found.map(line)].join("\n"),
      data: { items: found.map(answered) },
    };
  },
});
