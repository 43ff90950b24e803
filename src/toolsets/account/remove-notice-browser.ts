import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { isUuid } from "../../kernel/ids.ts";
import { requirePresence } from "../../kernel/policy.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import type { Notices } from "./notices.ts";

/** Ends that the person is told in a browser. Who is not told does not see what is approved in their name. */
export const removeNoticeBrowser = defineTool({
  name: "remove_notice_browser",
  title: "Stop telling in a browser",
  description: "Shows no notice in that browser any more.",
  effect: "write",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: [],
  audience: "person",
  examples: [],
  input: z.object({ browserId: z.string().min(1).max(200) }),
  output: z.object({ browserId: z.string(), removed: z.literal(true) }),
  async run({ browserId }, { principal, now, notices }: Call & { notices: Notices }) {
    requirePresence(principal);
    const removed = isUuid(browserId) && (await notices.removeBrowser(principal.userId, browserId, now));
    if (!removed) throw new AppError("not_found", "You are told in no browser with this id.");
    return { text: "You are no longer told in that browser.", data: { browserId, removed } };
  },
});
