import * as z from "zod";
import { type Call, defineTool } from "../../kernel/tool.ts";
import type { Items } from "./items.ts";
import { actionNames, statusNames } from "./statuses.ts";

const input = z.object({
  itemId: z.string().min(1).max(200).describe("The id of an item, from get-items."),
  action: z
    .enum(actionNames, { error: `must be one of ${actionNames.join(", ")}` })
    .describe("What to do with it; restore takes an earlier decision back."),
});

const output = z.object({
  success: z.boolean(),
  itemId: z.string(),
  action: z.enum(actionNames),
  result: z.object({ previousStatus: z.enum(statusNames), status: z.enum(statusNames) }),
});

/** Decides on one item. */
export const performItemAction = defineTool({
  name: "perform-item-action",
  title: "Decide on an item",
  description:
    "Use this when the user decides on one item of their list: approve, reject or archive it, or restore it to open. Call get-items first for its id.",
  effect: "write",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: ["write"],
  audience: "assistant",
  labels: { invoking: "Updating the item...", invoked: "Item updated" },
  examples: ["Approve the trip to Lisbon", "Archive invoice 2041", "Take back my decision on the chairs"],
  input,
  output,
  async run({ itemId, action }, { principal, now, items }: Call & { items: Items }) {
    const { item, previousStatus, status } = await items.act(principal.userId, itemId, action, now);
    return {
      text:
        previousStatus === status
          ? `${item.title} was ${status} already.`
          : `${item.title} was ${previousStatus} and is now ${status}.`,
      data: { success: true, itemId, action, result: { previousStatus, status } },
      meta: { timestamp: now.toISOString() },
    };
  },
});
