import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { personal, secret } from "../../kernel/redaction.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { pushKey, type Notices } from "./notices.ts";
import { label } from "./passkeys.ts";

/** Tells the person in this browser of what waits for them. */
export const addNoticeBrowser = defineTool({
  name: "add_notice_browser",
  title: "Be told in a browser",
  description: "Shows a notice in this browser when something waits for your decision.",
  effect: "write",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: [],
  audience: "person",
  examples: [],
  input: z.object({
    label: personal(label),
    endpoint: secret(z.string().max(2048)),
    p256dh: secret(pushKey),
    auth: secret(pushKey),
  }),
  output: z.object({ browserId: z.string() }),
  async run(input, { principal, now, notices }: Call & { notices: Notices }) {
    const added = await notices.addBrowser(principal.userId, input, now);
    if (added === "full") {
      throw new AppError("conflict", "You are told in ten browsers, and more it cannot be.", {
        next: "Remove one first.",
      });
    }
    return { text: "You are told in this browser.", data: { browserId: added.id } };
  },
});
