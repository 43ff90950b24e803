import * as z from "zod";
import { requirePresence } from "../../kernel/policy.ts";
import { personal } from "../../kernel/redaction.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { changes, type Spending } from "./spending.ts";

/** Nothing in it may be invisible: what is compared is what the person sees. */
const recipient = z
  .string()
  .regex(/^[^\p{C}\p{Z}]{1,200}$/u, "must have 1 to 200 characters, none of them blank or invisible");

/** Shown beside other words, so nothing in it may reorder or hide them. */
const label = z
  .string()
  .max(80, "is longer than 80 characters")
  .transform((name) => name.replaceAll(/[\p{C}\p{Z}]+/gu, " ").trim())
  .refine((name) => name !== "", "says nothing");

/**
 * Adds somebody whom assistants may pay. They rest first, so that the person can see what was added in their name; and
 * whoever adds proves to be there, since the rest may be set to nothing, and is over when nobody looked for a day.
 */
export const addRecipient = defineTool({
  ...changes,
  name: "add_recipient",
  title: "Add a recipient",
  description:
    "Adds a recipient to your list, or names one on it anew. A new one cannot be paid before it has rested for a while.",
  input: z.strictObject({
    recipient: personal(recipient).describe("Such as an address, exactly as it is paid."),
    label: personal(label).describe("What you call them."),
  }),
  output: z.object({ version: z.int(), recipient: personal(z.string()), usableFrom: z.string() }),
  async run(input, { principal, now, spending }: Call & { spending: Spending }) {
    requirePresence(principal);
    const { version, usableFrom } = await spending.addRecipient(principal.userId, input, now);
    const from = usableFrom.toISOString();
    return {
      text: `The recipient is on your list and may be paid from ${from}.`,
      data: { version, recipient: input.recipient, usableFrom: from },
    };
  },
});
