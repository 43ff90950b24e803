import * as z from "zod";
import { type Call, defineTool } from "../../kernel/tool.ts";
import type { People } from "./people.ts";

const wordsOf = (links: boolean, count: number): string => {
  if (!links) return "You are signed out everywhere.";
  return `You are signed out everywhere, and ${count === 1 ? "1 link has" : `${count} links have`} ended.`;
};

/**
 * Ends every session of the person: browsers, command line, voice. Linked assistants stay, each with its own Revoke, unless
 * they are to end too: whoever had the person's browser may have linked one.
 */
export const signOutEverywhere = defineTool({
  name: "sign_out_everywhere",
  title: "Sign out everywhere",
  description:
    "Signs you out in every browser, this one too, and ends what the command line and voice do for you. Linked assistants stay linked, unless you end their links too.",
  effect: "write",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: [],
  audience: "person",
  examples: [],
  input: z.object({ links: z.boolean().default(false).describe("True ends the link of every assistant, too.") }),
  output: z.object({ signedOut: z.boolean(), linksEnded: z.int() }),
  async run({ links }, { principal, now, people }: Call & { people: People }) {
    const linksEnded = await people.signOutEverywhere(principal.userId, { links }, now);
    return { text: wordsOf(links, linksEnded), data: { signedOut: true, linksEnded } };
  },
});
