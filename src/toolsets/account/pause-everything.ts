import * as z from "zod";
import { type Call, defineTool } from "../../kernel/tool.ts";
import { changes, type Pause } from "./spending.ts";

/** Stops everything that changes anything in the person's name, from the next call on. What only reads goes on. */
export const pauseEverything = defineTool({
  ...changes,
  name: "pause_everything",
  title: "Pause everything",
  description:
    "Refuses every call that changes something in your name, until you resume. What only reads goes on; what has begun ends.",
  input: z.object({}),
  output: z.object({ paused: z.boolean() }),
  async run(_input, { principal, now, pause }: Call & { pause: Pause }) {
    const first = await pause.pause(principal.userId, now);
    const text = first
      ? "Everything is paused. The next call that changes something is refused."
      : "It is paused already.";
    return { text, data: { paused: true } };
  },
});
