import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { isUuid } from "../../kernel/ids.ts";
import { requirePresence } from "../../kernel/policy.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import type { Passkeys } from "./passkeys.ts";

/** Removes one of the person's passkeys. It protects what needs a proof, so removing it needs one. */
export const removePasskey = defineTool({
  name: "remove_passkey",
  title: "Remove a passkey",
  description: "Removes one of your passkeys. It confirms nothing any more.",
  effect: "write",
  destructive: true,
  idempotent: true,
  openWorld: false,
  scopes: [],
  audience: "person",
  examples: [],
  input: z.object({ passkeyId: z.string().min(1).max(200) }),
  output: z.object({ passkeyId: z.string(), removed: z.literal(true) }),
  async run({ passkeyId }, { principal, passkeys }: Call & { passkeys: Passkeys }) {
    requirePresence(principal);
    const removed = isUuid(passkeyId) && (await passkeys.remove(principal.userId, passkeyId));
    if (!removed) throw new AppError("not_found", "You have no passkey with this id.");
    return { text: "The passkey is removed.", data: { passkeyId, removed } };
  },
});
