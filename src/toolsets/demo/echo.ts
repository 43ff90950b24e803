import * as z from "zod";
import { defineTool } from "../../kernel/tool.ts";

const shape = z.object({ text: z.string().max(100_000).describe("The text to send back.") });

/** Sends a text back unchanged: the smallest tool there is, and the way to see that a link works. */
export const echo = defineTool({
  name: "echo",
  title: "Echo",
  description: "Use this to check that the link works: it sends the text back unchanged and stores nothing.",
  effect: "read",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: ["read"],
  audience: "assistant",
  widget: "echo",
  labels: { invoking: "Echoing...", invoked: "Echoed" },
  examples: ["Echo hello", "Check that the connection works"],
  input: shape,
  output: shape,
  async run({ text }) {
    return { text, data: { text } };
  },
});
