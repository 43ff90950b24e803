import { type Routes, createRoutes } from "../../http/router.ts";
import { requireSameOrigin } from "../../http/same-origin.ts";
import { encoded, streamed } from "../../http/streamed.ts";
import type { Limit } from "../../kernel/ports/limits.ts";
import { type GuardedActionParts, bodyOf, guardedAction, noStore, ownAction } from "./own-action.ts";

/** What the account's routes are made from. */
export interface AccountRouteParts extends GuardedActionParts {
  /** All that is kept of a person: the text of one JSON object, piece by piece. */
  exportOf(userId: string): AsyncIterable<string>;
  /** The user as `GET /api/session` gives it. */
  user(userId: string): Promise<unknown>;
  /** The `Set-Cookie` of a browser whose session has ended. */
  signedOutCookie(): string;
  readonly clock: () => Date;
}

/** An export reads everything: often enough for a person, too seldom to wear out the server. */
const EXPORTS: Limit = { name: "export", points: 10, seconds: 600 };

/** What a person does with their own account: thin maps onto the registry, and the export. */
export function accountRoutes(parts: AccountRouteParts): Routes {
  const routes = createRoutes();
  const signedOut = (): Response =>
    new Response(null, { status: 204, headers: { ...noStore, "set-cookie": parts.signedOutCookie() } });

  routes.patch("/api/profile", async (c) => {
    await ownAction(parts, c, "update_profile", await bodyOf(c));
    const { userId } = await parts.person(c.req.raw);
    return Response.json({ user: await parts.user(userId) }, { headers: noStore });
  });

  routes.delete("/api/identities/:id", async (c) => {
    await guardedAction(parts, c, "remove_identity", { ...(await bodyOf(c)), identityId: c.req.param("id") });
    return new Response(null, { status: 204, headers: noStore });
  });

  routes.post("/api/sign-out-everywhere", async (c) => {
    await ownAction(parts, c, "sign_out_everywhere", await bodyOf(c));
    return signedOut();
  });

  routes.delete("/api/account", async (c) => {
    await guardedAction(parts, c, "delete_account", await bodyOf(c));
    return signedOut();
  });

  routes.get("/api/export", async (c) => {
    // A read, but a costly one: another site's page must not start it in the person's name.
    requireSameOrigin(c.req.raw, parts.baseUrl);
    const { userId } = await parts.person(c.req.raw);
    await parts.limits.take(EXPORTS, userId);
    const day = parts.clock().toISOString().slice(0, 10);
    return new Response(streamed(encoded(parts.exportOf(userId))), {
      headers: {
        ...noStore,
        "content-type": "application/json; charset=utf-8",
        "content-disposition": `attachment; filename="bellhop-export-${day}.json"`,
      },
    });
  });
  return routes;
}
