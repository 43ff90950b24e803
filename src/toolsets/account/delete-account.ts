import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { requirePresence } from "../../kernel/policy.ts";
import { personal } from "../../kernel/redaction.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import type { People } from "./people.ts";

/**
 * Erases the person: account, links, intents, receipts. What remains is this call's own receipt: the person's id and the
 * digest of what they typed are taken out of it, so it names nobody, and whoever quotes its request id can be told that
 * it was done. The label is no secret, so the person proves to be there, too.
 */
export const deleteAccount = defineTool({
  name: "delete_account",
  title: "Delete your account",
  description: "Erases your account and all that is kept of you. It cannot be undone.",
  effect: "write",
  destructive: true,
  idempotent: false,
  openWorld: false,
  scopes: [],
  audience: "person",
  examples: [],
  input: z.object({
    confirm: personal(z.string().max(320)).describe("The label of the account, typed by the person."),
  }),
  output: z.object({ deleted: z.boolean() }),
  async run({ confirm }, { principal, receiptId, now, people }: Call & { people: People }) {
    requirePresence(principal);
    const label = await people.labelOf(principal.userId);
    if (label === null || confirm.trim().toLowerCase() !== label.toLowerCase()) {
      throw new AppError("invalid_input", "That is not the name of this account.", {
        next: "Type it as it stands on this page.",
      });
    }
    await people.erase(principal.userId, { receiptId, now });
    return { text: "Your account and all that was kept of you are erased.", data: { deleted: true } };
  },
});
