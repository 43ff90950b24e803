import * as z from "zod";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { changes, type Pause } from "./spending.ts";

/** Takes the pause back. What was refused meanwhile does not run by itself. */
export const resumeEverything = defineTool({
  ...changes,
  name: "resume_everything",
  title: "Resume everything",
  description: "Lets calls change things in your name again. What was refused meanwhile does not run by itself.",
  input: z.object({}),
  output: z.object({ paused: z.boolean() }),
  async run(_input, { principal, pause }: Call & { pause: Pause }) {
    const was = await pause.resume(principal.userId);
    return { text: was ? "Everything goes on." : "Nothing was paused.", data: { paused: false } };
  },
});
