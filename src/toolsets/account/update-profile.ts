import * as z from "zod";
import { personal } from "../../kernel/redaction.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import type { People } from "./people.ts";

/** A name is shown beside other words, so nothing in it may reorder or hide them. */
const displayName = z
  .string()
  .max(80, "is longer than 80 characters")
  .transform((name) => name.replaceAll(/[\p{C}\p{Z}]+/gu, " ").trim() || null)
  .nullable();

/** Says how the person wants to be called. */
export const updateProfile = defineTool({
  name: "update_profile",
  title: "Change your profile",
  description: "Says how you want to be called.",
  effect: "write",
  destructive: false,
  idempotent: true,
  openWorld: false,
  scopes: [],
  audience: "person",
  examples: [],
  input: z.object({ displayName: personal(displayName) }),
  output: z.object({ displayName: personal(z.string().nullable()) }),
  async run(input, { principal, people }: Call & { people: People }) {
    await people.setDisplayName(principal.userId, input.displayName);
    return { text: "Your profile is changed.", data: { displayName: input.displayName } };
  },
});
