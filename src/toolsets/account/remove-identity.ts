import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { isUuid } from "../../kernel/ids.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import type { People } from "./people.ts";

/** Removes a way to sign in; the last one stays, or nobody could come back. */
export const removeIdentity = defineTool({
  name: "remove_identity",
  title: "Remove a way to sign in",
  description: "Removes one of your ways to sign in. The last one cannot be removed.",
  effect: "write",
  destructive: true,
  idempotent: true,
  openWorld: false,
  scopes: [],
  audience: "person",
  examples: [],
  input: z.object({ identityId: z.string().min(1).max(200) }),
  output: z.object({ identityId: z.string(), removed: z.boolean() }),
  async run({ identityId }, { principal, people }: Call & { people: People }) {
    const outcome = isUuid(identityId) ? await people.removeIdentity(principal.userId, identityId) : "unknown";
    if (outcome === "unknown") throw new AppError("not_found", "You have no way to sign in with this id.");
    if (outcome === "last") {
      throw new AppError("conflict", "This is your last way to sign in.", { next: "Add another one first." });
    }
    return { text: "You can no longer sign in that way.", data: { identityId, removed: true } };
  },
});
