import * as z from "zod";
import { AppError } from "../../kernel/errors.ts";
import { isUuid } from "../../kernel/ids.ts";
import { requirePresence } from "../../kernel/policy.ts";
import { type Call, defineTool } from "../../kernel/tool.ts";
import type { People } from "./people.ts";

/**
 * Removes a way to sign in; the last one stays, or nobody could come back. The person's other browsers are signed out
 * with it: who removes a lost address must not leave in whoever came in by it. Nor may a stolen cookie sign its owner out.
 */
export const removeIdentity = defineTool({
  name: "remove_identity",
  title: "Remove a way to sign in",
  description:
    "Removes one of your ways to sign in, and signs you out in your other browsers. The last one cannot be removed.",
  effect: "write",
  destructive: true,
  idempotent: true,
  openWorld: false,
  scopes: [],
  audience: "person",
  examples: [],
  input: z.object({ identityId: z.string().min(1).max(200) }),
  output: z.object({ identityId: z.string(), removed: z.boolean() }),
  async run({ identityId }, { principal, now, people }: Call & { people: People }) {
    requirePresence(principal);
    const { userId, sessionRef } = principal;
    const outcome = isUuid(identityId) ? await people.removeIdentity(userId, identityId, now, sessionRef) : "unknown";
    if (outcome === "unknown") throw new AppError("not_found", "You have no way to sign in with this id.");
    if (outcome === "last") {
      throw new AppError("conflict", "This is your last way to sign in.", { next: "Add another one first." });
    }
    return {
      text: "You can no longer sign in that way, and your other browsers are signed out.",
      data: { identityId, removed: true },
    };
  },
});
