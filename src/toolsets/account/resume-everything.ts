import * as z from "zod";
import { requirePresence } from "../../kernel/policy.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { changes, type Pause } from "./spending.ts";

/**
 * Takes the pause back. What was refused meanwhile does not run by itself. The pause is for when something is wrong, such
 * as a stolen cookie: so a cookie alone does not end it.
 */
export const resumeEverything = defineTool({
  ...changes,
  name: "resume_everything",
  title: "Resume everything",
  description:
    "Ends your own pause, so that calls may change things in your name again. What was refused meanwhile does not run by itself.",
  input: z.object({}),
  output: z.object({ paused: z.boolean() }),
  async run(_input, { principal, pause }: Call & { pause: Pause }) {
    requirePresence(principal);
    const was = await pause.resume(principal.userId);
    return { text: was ? "Your own pause has ended." : "Nothing was paused.", data: { paused: false } };
  },
});
