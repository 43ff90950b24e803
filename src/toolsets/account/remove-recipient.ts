import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { personal } from "../../kernel/redaction.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { changes, type Spending } from "./spending.ts";

/** Takes a recipient off the list. Added again, it rests again. */
export const removeRecipient = defineTool({
  ...changes,
  name: "remove_recipient",
  title: "Remove a recipient",
  description: "Takes a recipient off your list. Where only listed ones may be paid, it cannot be paid any more.",
  input: z.strictObject({ recipient: personal(z.string().min(1).max(200)) }),
  output: z.object({ version: z.int() }),
  async run({ recipient }, { principal, now, spending }: Call & { spending: Spending }) {
    const version = await spending.removeRecipient(principal.userId, recipient, now);
    if (version === null) throw new AppError("not_found", "This recipient is not on your list.");
    return { text: "The recipient is off your list.", data: { version } };
  },
});
