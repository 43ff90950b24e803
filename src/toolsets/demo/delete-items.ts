import * as z from "zod";
import { type Call, defineTool } from "../../kernel/tool.ts";
import type { Items } from "./items.ts";

/** More at once than this is asked with more than a click. */
const FEW = 3;

const input = z.object({
  itemIds: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(20)
    .describe("The ids of the items to delete, from get-items."),
});

const output = z.object({ deleted: z.array(z.object({ id: z.string(), title: z.string() })) });

const inWords = (titles: readonly string[]): string =>
  titles.length === 1 ? `“${titles[0] ?? ""}”` : `${titles.length} items`;

/** Deletes items for good; the person decides on it first, in our own page. */
export const deleteItems = defineTool({
  name: "delete-items",
  title: "Delete items",
  description:
    "Use this when the user wants items gone from their list for good. It asks the person first, on a page of their own: the answer is pending until they decide. To put an item away and keep it, use perform-item-action with archive.",
  effect: "write",
  destructive: true,
  idempotent: false,
  openWorld: false,
  scopes: ["write"],
  audience: "assistant",
  labels: { invoking: "Asking you...", invoked: "Asked you" },
  examples: ["Delete the newsletter item", "Remove everything that is rejected from my list"],
  input,
  output,
  async propose({ itemIds }, { principal, items }: Call & { items: Items }) {
    const found = await items.these(principal.userId, itemIds);
    return {
      sentence: `Delete ${inWords(found.map(({ title }) => title))} from your list for good. It cannot be undone.`,
      bounds: found.map(({ title, description }) => ({ label: title, value: description })),
      high: found.length > FEW,
    };
  },
  async run({ itemIds }, { principal, now, items }: Call & { items: Items }) {
    const deleted = await items.delete(principal.userId, itemIds, now);
    return {
      text: `Deleted ${inWords(deleted.map(({ title }) => title))}.`,
      data: { deleted: deleted.map(({ id, title }) => ({ id, title })) },
    };
  },
});
