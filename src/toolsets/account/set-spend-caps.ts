import * as z from "zod";
import { capsSchema, loosensCaps } from "../../kernel/caps.ts";
import { requirePresence } from "../../kernel/policy.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { changes, type Spending } from "./spending.ts";

/**
 * Sets what assistants may spend at most. The operator's own caps hold beside these, whatever is set here. A click is
 * enough to be stricter; who is laxer proves to be there.
 */
export const setSpendCaps = defineTool({
  ...changes,
  name: "set_spend_caps",
  title: "Change your spending limits",
  description:
    "Replaces the list of what assistants may spend at most, at once and within hours. What waits for your approval has to be asked anew.",
  input: z.object({ caps: capsSchema.describe("The whole list; an empty one takes every limit of yours away.") }),
  output: z.object({ version: z.int() }),
  async run({ caps }, { principal, now, spending }: Call & { spending: Spending }) {
    const before = await spending.own(principal.userId, now);
    if (loosensCaps(before.caps, caps)) requirePresence(principal);
    const version = await spending.setCaps(principal.userId, caps, now);
    return { text: "Your limits hold from the next call on.", data: { version } };
  },
});
