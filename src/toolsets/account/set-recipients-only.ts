import * as z from "zod";
import { requirePresence } from "../../kernel/policy.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { changes, type Spending } from "./spending.ts";

/** Says whether only recipients on the person's list may be paid. Who lets others be paid again proves to be there. */
export const setRecipientsOnly = defineTool({
  ...changes,
  name: "set_recipients_only",
  title: "Choose who may be paid",
  description: "Says whether only recipients on your list may be paid, or anyone whom you approve.",
  input: z.strictObject({ recipientsOnly: z.boolean() }),
  output: z.object({ version: z.int(), recipientsOnly: z.boolean() }),
  async run({ recipientsOnly }, { principal, now, spending }: Call & { spending: Spending }) {
    if (!recipientsOnly && (await spending.own(principal.userId, now)).recipientsOnly) requirePresence(principal);
    const version = await spending.setRecipientsOnly(principal.userId, recipientsOnly, now);
    const text = recipientsOnly ? "Only recipients on your list may be paid." : "Anyone may be paid whom you approve.";
    return { text, data: { version, recipientsOnly } };
  },
});
