import * as z from "zod";
import { type Call, defineTool } from "../../kernel/tool.ts";
import type { People } from "./people.ts";

/** Ends every session of the person: browsers, command line, voice. Linked assistants stay: each has its own Revoke. */
export const signOutEverywhere = defineTool({
  name: "sign_out_everywhere",
  title: "Sign out everywhere",
  description:
    "Signs you out in every browser, this one too, and ends what the command line and voice do for you. Linked assistants stay linked.",
  effect: "write",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: [],
  audience: "person",
  examples: [],
  input: z.object({}),
  output: z.object({ signedOut: z.boolean() }),
  async run(_input, { principal, now, people }: Call & { people: People }) {
    await people.signOutEverywhere(principal.userId, now);
    return { text: "You are signed out everywhere.", data: { signedOut: true } };
  },
});
