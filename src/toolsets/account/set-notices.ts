import * as z from "zod";
import { requirePresence } from "../../kernel/policy.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import type { Notices } from "./notices.ts";

/** Says whether the person is told by mail of what waits for them. */
export const setNotices = defineTool({
  name: "set_notices",
  title: "Choose how you are told",
  description: "Says whether you get mail when something waits for your decision.",
  effect: "write",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: [],
  audience: "person",
  examples: [],
  input: z.object({ email: z.boolean() }),
  output: z.object({ email: z.boolean() }),
  async run({ email }, { principal, notices }: Call & { notices: Notices }) {
    // Who is not told does not see what is asked and approved in their name.
    if (!email) requirePresence(principal);
    await notices.choose(principal.userId, { email });
    const text = email ? "You get mail when something waits for you." : "You get no mail about what waits for you.";
    return { text, data: { email } };
  },
});
