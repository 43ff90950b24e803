import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { personal, secret } from "../../kernel/redaction.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { label, type Passkeys } from "./passkeys.ts";

/** Adds a passkey that the person's own page has just had verified. Its credential comes sealed: no caller can make one up. */
export const addPasskey = defineTool({
  name: "add_passkey",
  title: "Add a passkey",
  description: "Adds a passkey, by which you can confirm what matters instead of signing in again.",
  effect: "write",
  destructive: false,
  idempotent: false,
  openWorld: false,
  scopes: [],
  audience: "person",
  examples: [],
  input: z.object({ label: personal(label), credential: secret(z.string().max(8192)) }),
  output: z.object({ passkeyId: z.string() }),
  async run(input, { principal, now, passkeys }: Call & { passkeys: Passkeys }) {
    const added = await passkeys.add(principal.userId, input, now);
    if (added === "taken") throw new AppError("conflict", "This passkey is in use already.");
    if (added === "full") {
      throw new AppError("conflict", "You have as many passkeys as one account may have.", {
        next: "Remove one first.",
      });
    }
    return { text: "The passkey is added.", data: { passkeyId: added.id } };
  },
});
