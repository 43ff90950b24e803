import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { isUuid } from "../../kernel/ids.ts";
import { personal } from "../../kernel/redaction.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { label, type Passkeys } from "./passkeys.ts";

/** Gives one of the person's passkeys another name. */
export const renamePasskey = defineTool({
  name: "rename_passkey",
  title: "Rename a passkey",
  description: "Gives one of your passkeys another name.",
  effect: "write",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: [],
  audience: "person",
  examples: [],
  input: z.object({ passkeyId: z.string().min(1).max(200), label: personal(label) }),
  output: z.object({ passkeyId: z.string() }),
  async run(input, { principal, passkeys }: Call & { passkeys: Passkeys }) {
    const { passkeyId } = input;
    const renamed = isUuid(passkeyId) && (await passkeys.rename(principal.userId, passkeyId, input.label));
    if (!renamed) throw new AppError("not_found", "You have no passkey with this id.");
    return { text: "The passkey has its new name.", data: { passkeyId } };
  },
});
